"""Voices of accounts with their consent, and the block list."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.core.errors import InvalidRequestError
from apps.operator.admin.abuse_reports import CONSEQUENCES, TakedownForm, take_down
from apps.operator.admin.auditing import AuditedAdmin
from apps.operator.admin.contents import ContentsAdmin
from apps.operator.admin.forms import ConfirmForm
from apps.operator.admin.pages import FormPage, job_link
from apps.voices.models import BlockedVoice, Consent, Enrolment, EnrolmentState, Sample, Voice
from apps.voices.services.block_list import apply_block_list, block_voice
from apps.voices.services.removal import remove_voice

STATE_COLOURS = {
    EnrolmentState.DRAFT: "info",
    EnrolmentState.TRAINING: "warning",
    EnrolmentState.READY: "success",
    EnrolmentState.FAILED: "danger",
}


class BlockForm(forms.Form):
    """Speaker to block."""

    name = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget, help_text="The speaker; customers do not see it.")
    reason = forms.CharField(max_length=300, required=False, widget=UnfoldAdminTextInputWidget)


@admin.register(Voice)
class VoiceAdmin(ContentsAdmin):
    """Voices of accounts, newest first. Recordings are not played here."""

    content_fields = {"problem": "problem_code", "shown_samples": "sample_count", "shown_consents": "shown_consent"}

    list_display = ["voice_id", "name", "account", "shown_state", "shown_consent", "is_stopped", "created_at", "used_at"]
    list_filter = ["enrolment__state", "enrolment__is_blocked", "enrolment__is_taken_down", "enrolment__is_revoked"]
    list_select_related = ["account", "enrolment"]
    search_fields = ["voice_id", "name", "account__name"]
    search_help_text = "Voice id, name or account name"
    fields = [
        ("voice_id", "name"),
        ("account", "shown_categories"),
        ("shown_state", "is_stopped"),
        ("engine", "language"),
        "gender",
        "problem",
        "job",
        "shown_samples",
        "shown_consents",
        ("created_at", "used_at"),
    ]
    readonly_fields = [
        "voice_id",
        "name",
        "account",
        "shown_categories",
        "shown_state",
        "is_stopped",
        "engine",
        "language",
        "gender",
        "problem",
        "job",
        "shown_samples",
        "shown_consents",
        "created_at",
        "used_at",
    ]
    actions_detail = ["take_down", "block", "remove"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voice]:
        rows: QuerySet[Voice] = super().get_queryset(request)
        return rows.prefetch_related("enrolment__consents")

    @display(description="state", ordering="enrolment__state", label=STATE_COLOURS)
    def shown_state(self, voice: Voice) -> str:
        return voice.enrolment.state

    @display(description="categories")
    def shown_categories(self, voice: Voice) -> str:
        return ", ".join(voice.categories) or "-"

    @display(description="consent")
    def shown_consent(self, voice: Voice) -> str:
        """State of the speaker's consent."""
        if voice.enrolment.is_revoked:
            return "revoked"
        return "recorded" if any(one.revoked_at is None for one in voice.enrolment.consents.all()) else "none"

    @display(description="stopped", label={"taken down": "danger", "blocked": "danger", "no": "success"})
    def is_stopped(self, voice: Voice) -> str:
        """Decision of the operator that stops the voice."""
        if voice.enrolment.is_taken_down:
            return "taken down"
        return "blocked" if voice.enrolment.is_blocked else "no"

    @display(description="model")
    def engine(self, voice: Voice) -> str:
        return voice.enrolment.engine_id

    @display(description="language")
    def language(self, voice: Voice) -> str:
        return voice.enrolment.language

    @display(description="gender")
    def gender(self, voice: Voice) -> str:
        return voice.enrolment.gender

    @display(description="error")
    def problem(self, voice: Voice) -> str:
        """Code and message of a failed enrolment."""
        enrolment = voice.enrolment
        return f"{enrolment.error_code}: {enrolment.error_message}" if enrolment.error_code else "-"

    @display(description="error")
    def problem_code(self, voice: Voice) -> str:
        """Code of a failed enrolment."""
        return voice.enrolment.error_code or "-"

    @display(description="job")
    def job(self, voice: Voice) -> str:
        return job_link(voice.enrolment.job_id)

    @display(description="recordings")
    def shown_samples(self, voice: Voice) -> str:
        return ", ".join(map(str, Sample.objects.filter(enrolment=voice.enrolment_id))) or "-"

    @display(description="recordings")
    def sample_count(self, voice: Voice) -> int:
        return Sample.objects.filter(enrolment=voice.enrolment_id).count()

    @display(description="consent")
    def shown_consents(self, voice: Voice) -> str:
        """Statements, newest first."""
        consents = Consent.objects.filter(enrolment=voice.enrolment_id)
        statements = (
            f"{one.given_at:%Y-%m-%d} {one.given_by or '-'}: {one.statement}{' (revoked)' if one.revoked_at else ''}" for one in consents
        )
        return "; ".join(statements) or "-"

    @action(description="Take down…", icon="gavel", permissions=["operator.take_down_voice"])
    def take_down(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stop the voice after a report, with an appeal period."""
        voice: Voice = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            return take_down(voice, given=given, operator=str(request.user))

        page = FormPage(f"Take down {voice}", CONSEQUENCES, "Take down", TakedownForm, is_dangerous=True, is_atomic=False)
        return self.ask(request, page=page, obj=voice, perform=perform)

    @action(description="Block the speaker…", icon="voice_over_off", permissions=["voices.add_blockedvoice"])
    def block(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put the speaker on the block list."""
        voice: Voice = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            if not (voice.enrolment.report or {}).get("embedding"):
                raise InvalidRequestError("The recordings were not examined yet: there is no speaker embedding to compare.")
            block_voice(voice.enrolment, name=given["name"], reason=given["reason"])
            return f"Blocked: {given['name']}"

        page = FormPage(
            f"Block the speaker of {voice}",
            "No account can clone this speaker from now on, and voices of this speaker no longer speak.",
            "Block",
            BlockForm,
            {"name": voice.name},
            is_dangerous=True,
        )
        return self.ask(request, page=page, obj=voice, perform=perform)

    @action(description="Delete…", icon="delete", permissions=["voices.delete_voice"])
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        voice: Voice = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            name = str(voice)
            remove_voice(voice, is_final=True)
            return f"Deleted: {name}"

        page = FormPage(
            f"Delete {voice}",
            "Its recordings, voice file and demo are deleted. This cannot be undone.",
            "Delete",
            ConfirmForm,
            is_dangerous=True,
        )
        return self.ask(request, page=page, obj=voice, perform=perform)


@admin.register(BlockedVoice)
class BlockedVoiceAdmin(AuditedAdmin):
    """Speakers whose voices nobody may clone. The usual way to add one is the page of a voice."""

    list_display = ["name", "reason", "stopped", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["name", "reason"]
    fields = ["name", "reason", "embedding", "created_at"]
    readonly_fields = ["created_at"]

    @display(description="voices stopped by the list")
    def stopped(self, blocked: Any) -> int:
        """Enrolments that the list stops: it acts as a whole."""
        return blocked.stopped_voices or 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[BlockedVoice]:
        """Rows with the number of voices that the list stops, read once."""
        rows: QuerySet[BlockedVoice] = super().get_queryset(request)
        blocked = Enrolment.objects.filter(is_blocked=True).order_by().values("is_blocked")
        return rows.annotate(stopped_voices=Subquery(blocked.annotate(number=Count("pk")).values("number")))

    def save_model(self, request: HttpRequest, obj: BlockedVoice, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save, and stop the voices that are on the list now."""
        super().save_model(request, obj, form, change)
        apply_block_list()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete, and let voices speak that are no longer on the list."""
        super().delete_model(request, obj)
        apply_block_list()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BlockedVoice]) -> None:
        """Delete several rows as delete_model deletes one."""
        super().delete_queryset(request, queryset)
        apply_block_list()
