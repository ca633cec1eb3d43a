"""Conversations: owners and outcomes of the turns. Texts are not shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from apps.conversations.models import Conversation, Turn
from apps.operator.admin.jobs import JOB_COLOURS
from apps.operator.admin.pages import ReadOnlyAdmin, ReadOnlyInline, UuidSearch, in_credits, job_link


class TurnsInline(ReadOnlyInline):
    """Turns of a conversation, without their texts."""

    model = Turn
    fields = ["created_at", "shown_state", "short_job", "charged"]
    readonly_fields = fields
    ordering = ["id"]
    per_page = 50
    show_change_link = False
    verbose_name_plural = "turns"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Turn]:
        turns: QuerySet[Turn] = super().get_queryset(request)
        return turns.select_related("job").defer("user_text", "ai_text")

    @display(description="state", label=JOB_COLOURS)
    def shown_state(self, turn: Turn) -> str:
        return turn.job.state

    @display(description="job")
    def short_job(self, turn: Turn) -> str:
        return job_link(turn.job_id)

    @display(description="charged")
    def charged(self, turn: Turn) -> str:
        return in_credits(turn.job.charged_millicredits)


@admin.register(Conversation)
class ConversationAdmin(UuidSearch, ReadOnlyAdmin):
    """Conversations, latest first."""

    list_display = ["short_uuid", "account", "created_at", "last_turn_at"]
    list_display_links = ["short_uuid"]
    list_filter = ["last_turn_at"]
    list_select_related = ["account"]
    search_fields = ["account__name"]
    search_help_text = "Complete conversation id or account name"
    ordering = ["-last_turn_at"]
    paginator = InfinitePaginator
    show_full_result_count = False
    inlines = [TurnsInline]
    fields = [("uuid", "account"), ("created_at", "last_turn_at")]
    readonly_fields = ["uuid", "account", "created_at", "last_turn_at"]

    @display(description="conversation", ordering="uuid")
    def short_uuid(self, conversation: Conversation) -> str:
        return f"{conversation.uuid.hex[:8]}…"
