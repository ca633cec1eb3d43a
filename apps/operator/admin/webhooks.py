"""Webhooks: endpoints, events and attempts. Secrets are never shown."""

import json
import re
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from apps.core.ids import find_uuid
from apps.core.models import Notice
from apps.jobs.models import Job
from apps.operator.admin.catalog import as_json
from apps.operator.admin.contents import ContentsAdmin
from apps.operator.admin.forms import ConfirmForm, ReasonForm
from apps.operator.admin.pages import FormPage, ReadOnlyInline, UuidSearch
from apps.operator.contents import may_see_contents
from apps.webhooks.events import EVENTS
from apps.webhooks.models import Delivery, DeliveryState, Endpoint
from apps.webhooks.services import change_endpoint, replay_delivery, switch_off
from apps.webhooks.shown_urls import without_secrets

DELIVERY_COLOURS = {DeliveryState.PENDING: "info", DeliveryState.DELIVERED: "success", DeliveryState.FAILED: "danger"}
ENDPOINT_COLOURS = {"working": "success", "failing": "warning", "off": "danger"}
_HOST: Final = re.compile(r"[\w.:-]+")
_AT_HOST: Final = "^[a-z]+://([^/?#]*@)?[^/?#@]*{}[^/?#@]*([/?#]|$)"
"""URL with this in its host: before the path, and no user name."""


class DeliveriesInline(ReadOnlyInline):
    model = Delivery
    fields = ["created_at", "event", "state", "attempt_count", "next_attempt_at", "ended_at"]
    readonly_fields = fields
    ordering = ["-created_at"]
    per_page = 10
    verbose_name_plural = "deliveries"


class ByEvent(admin.SimpleListFilter):
    """Deliveries of one event, from the known event names."""

    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        return [(event, event) for event in EVENTS]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:  # noqa: ARG002 - Django's signature
        return queryset if self.value() is None else queryset.filter(event=self.value())


class UrlAdmin(UuidSearch, ContentsAdmin):
    """Table with URLs of customers. Operators who may not see texts see them without queries, which may hold secrets, and search by hosts."""

    @display(description="URL")
    def shown_url(self, row: Endpoint | Delivery) -> str:
        return without_secrets(row.url)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Fields of the search: URLs only for those who may see them whole."""
        return [name for name in self.search_fields if may_see_contents(request) or name not in {"url", "=url"}]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Rows as usual, and for operators who may not see whole URLs those of a host."""
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if may_see_contents(request) or not _HOST.fullmatch(search_term.strip()):
            return found, has_duplicates
        of_host = Endpoint.objects.filter(url__iregex=_AT_HOST.format(re.escape(search_term.strip()))).values("pk")
        name = "pk__in" if self.model is Endpoint else "endpoint__in"
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(**{name: of_host})), has_duplicates


@admin.register(Endpoint)
class EndpointAdmin(UrlAdmin):
    content_fields = {"url": "shown_url", "description": ""}
    list_display = ["url", "account", "shown_state", "subscribed_events", "failing_since", "disabled_reason", "created_at"]
    list_filter = ["is_enabled", "created_at"]
    list_select_related = ["account"]
    search_fields = ["url", "account__name"]
    search_help_text = "Complete endpoint id, account name, or part of its URL (without view_texts: of its host)"
    ordering = ["-created_at"]
    inlines = [DeliveriesInline]
    actions_detail = ["switch_off", "switch_on"]
    fields = [
        "uuid",
        "account",
        "url",
        "description",
        ("shown_state", "subscribed_events"),
        ("failing_since", "disabled_at"),
        "disabled_reason",
        "created_at",
    ]
    readonly_fields = [
        "uuid", "account", "url", "description", "shown_state", "subscribed_events", "failing_since", "disabled_at", "disabled_reason", "created_at",
    ]  # fmt: skip

    @display(description="state", label=ENDPOINT_COLOURS)
    def shown_state(self, endpoint: Endpoint) -> str:
        if not endpoint.is_enabled:
            return "off"
        return "failing" if endpoint.failing_since else "working"

    @display(description="events")
    def subscribed_events(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.events) or "all"

    @action(description="Disable…", icon="block", permissions=["webhooks.change_endpoint"])
    def switch_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Disable the endpoint: nothing is sent to it any more."""
        endpoint: Endpoint = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            switch_off(endpoint, reason=given["reason"])
            return f"Disabled: {given['reason']}"

        description = "Pending deliveries fail. The account sees the reason, and its other endpoints are notified."
        return self.ask(
            request,
            page=FormPage("Disable the endpoint", description, "Disable", ReasonForm, is_dangerous=True),
            obj=endpoint,
            perform=perform,
        )

    @action(description="Enable…", icon="check_circle", permissions=["webhooks.change_endpoint"])
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Enable the endpoint for events from now on."""
        endpoint: Endpoint = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            change_endpoint(endpoint, is_enabled=True)
            return "Enabled"

        page = FormPage("Enable the endpoint", "Its failure count is reset.", "Enable", ConfirmForm)
        return self.ask(request, page=page, obj=endpoint, perform=perform)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer either disabling or enabling."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        endpoint = self.get_object(request, str(object_id))
        is_on = endpoint is not None and endpoint.is_enabled
        senseless = "webhooks_endpoint_switch_on" if is_on else "webhooks_endpoint_switch_off"
        return [action for action in actions if action.action_name != senseless]


@admin.register(Delivery)
class DeliveryAdmin(UrlAdmin):
    """Deliveries, newest first."""

    content_fields = {"url": "shown_url", "body": "", "shown_attempts": "statuses_alone"}

    list_display = ["message", "created_at", "account", "event", "shown_state", "url", "attempt_count", "next_attempt_at", "ended_at"]
    list_display_links = ["message"]
    list_filter = ["state", ByEvent, "created_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "=url"]
    search_help_text = "Complete delivery id (the header webhook-id without msg_), account name, or complete URL (without view_texts: part of its endpoint's host)"
    ordering = ["-created_at"]
    paginator = InfinitePaginator
    show_full_result_count = False
    actions_detail = ["replay"]
    fields = [
        ("message", "shown_state"),
        ("account", "endpoint"),
        "url",
        ("event", "attempt_count"),
        ("created_at", "ended_at"),
        "next_attempt_at",
        "shown_attempts",
        "body",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        return [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]

    def job_of(self, obj: Any) -> Job | None:
        """Job whose end the delivery reports."""
        return _reported_job(obj) if isinstance(obj, Delivery) else None

    @display(description="message", ordering="uuid")
    def message(self, delivery: Delivery) -> str:
        return str(delivery)

    @display(description="state", ordering="state", label=DELIVERY_COLOURS)
    def shown_state(self, delivery: Delivery) -> str:
        return delivery.state

    @display(description="attempts")
    def shown_attempts(self, delivery: Delivery) -> SafeString:
        """Attempts at the delivery, as JSON: their times and the answers."""
        return as_json(delivery.attempts)

    @display(description="attempts without answers")
    def statuses_alone(self, delivery: Delivery) -> SafeString:
        """Attempts without what the customer's server answered, which may repeat the message."""
        return as_json([{name: value for name, value in one.items() if name != "answer"} for one in delivery.attempts])

    @action(description="Replay…", icon="replay", permissions=["webhooks.change_delivery"])
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery: Delivery = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            replay_delivery(delivery)
            return "The delivery is queued again"

        page = FormPage(f"Replay {delivery}", "Sends the same message under the same id, with ten new attempts.", "Replay", ConfirmForm)
        return self.ask(request, page=page, obj=delivery, perform=perform)


@admin.register(Notice)
class NoticeAdmin(ContentsAdmin):
    """Notices that wait to become deliveries. Old rows mean that the platform's worker does not run."""

    content_fields = {"shown_data": ""}

    list_display = ["id", "created_at", "account_id", "event"]
    list_filter = [ByEvent, "created_at"]
    search_fields = ["=account_id", "=event"]
    search_help_text = "Number of the account, or the event"
    ordering = ["id"]
    fields = ["created_at", "account_id", "event", "shown_data"]
    readonly_fields = fields

    @display(description="data")
    def shown_data(self, notice: Notice) -> SafeString:
        return as_json(notice.data)


def _reported_job(delivery: Delivery) -> Job | None:
    try:
        body = json.loads(delivery.body)
    except ValueError:
        return None
    data = body.get("data") if isinstance(body, dict) else None
    job_uuid = find_uuid(str(data.get("uuid", ""))) if isinstance(data, dict) else None
    return None if job_uuid is None else Job.objects.filter(uuid=job_uuid).first()
