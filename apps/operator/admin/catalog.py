"""Announcements of the workers: workers with their state, models with the operator's price and switch, voices."""

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from apps.accounts.models import Plan
from apps.accounts.services import exclude_model
from apps.billing.models import TierPrice
from apps.billing.prices import STARTING_SERVICE_PRICES, service_price, tier_price
from apps.catalog.catalogue import LIVE_SECONDS
from apps.catalog.models import Engine, StandIn, Voice, Worker, WorkerQueue
from apps.catalog.selectors import clear_catalogue_cache
from apps.catalog.starting_stand_ins import STARTING_STAND_INS
from apps.core.ttl_cache import TtlCache
from apps.operator.admin.catalogue_rows import CatalogueAdmin
from apps.operator.admin.pages import FormPage, ReadOnlyAdmin, ReadOnlyInline

PAID_BY: dict[str, tuple[str, ...]] = {
    "stt": ("transcription", "speech-translation", "voice-chat"),
    "translate": ("speech-translation",),
    "chat": ("voice-chat",),
    "voice-convert": ("voice-convert", "speech-to-speech"),
    "enhance": ("audio-enhance",),
    "dereverb": ("audio-dereverb",),
    "separate": ("audio-separate", "audio-separate-many"),
    "diarize": ("audio-diarize",),
    "enrol": ("enrol_voice",),
}
"""Services that are charged for the work of a kind of model."""
_plans = TtlCache(lambda: list(Plan.objects.all()), seconds=2)
PRICE_ROW = ("tier", "millicredits_per_1k")
WORKER_COLOURS = {"live": "success", "stopping": "warning", "silent": "danger"}


def as_json(value: Any) -> SafeString:
    """Value as formatted JSON, truncated if it is long; a dash for nothing."""
    if value is None or value in ([], {}):
        return SafeString("-")
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html(
        '<pre class="op-json" tabindex="0" role="region" aria-label="JSON">{}</pre>', text[:4000] + ("…" if len(text) > 4000 else "")
    )


class QueuesInline(ReadOnlyInline):
    model = WorkerQueue
    fields = ["queue", "slots", "reserved_slots", "hard_slots"]
    readonly_fields = fields
    verbose_name_plural = "queues"


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """Workers, also those that are gone. A deleted live worker announces itself again."""

    list_display = ["name", "shown_state", "seen", "device", "served", "in_memory", "slots", "version"]
    list_filter = ["is_stopping", "last_seen_at"]
    search_fields = ["name", "device"]
    fields = ["name", "shown_state", "seen", "device", "version", "boot", "served", "in_memory", "first_seen_at", "last_seen_at"]
    readonly_fields = fields
    inlines = [QueuesInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Worker]:
        rows: QuerySet[Worker] = super().get_queryset(request)
        return rows.annotate(all_slots=Sum("queues__slots"))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Allow the deletion of a worker that will not come back."""
        return bool(request.user.has_perm("catalog.delete_worker"))

    @display(description="state", ordering="last_seen_at", label=WORKER_COLOURS)
    def shown_state(self, worker: Worker) -> str:
        """State of the worker: live, stopping or silent."""
        if timezone.now() - worker.last_seen_at > timedelta(seconds=LIVE_SECONDS):
            return "silent"
        return "stopping" if worker.is_stopping else "live"

    @display(description="last seen", ordering="last_seen_at")
    def seen(self, worker: Worker) -> str:
        """Time since the worker was last seen."""
        seconds = (timezone.now() - worker.last_seen_at).total_seconds()
        return f"{max(0, round(seconds))} s ago" if seconds < 120 else f"{timesince(worker.last_seen_at, depth=1)} ago"

    @display(description="serves")
    def served(self, worker: Worker) -> str:
        return ", ".join(worker.engines)

    @display(description="in memory")
    def in_memory(self, worker: Worker) -> str:
        """Ids of models whose weights are loaded."""
        return ", ".join(worker.loaded)

    @display(description="slots", ordering="all_slots")
    def slots(self, worker: Any) -> int:
        """Parts at once over all its queues."""
        return worker.all_slots or 0


class EngineForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Settings of a model that the operator controls."""

    tier = forms.ChoiceField(
        choices=[],
        widget=UnfoldAdminSelectWidget,
        help_text="For speech models: determines the price, unless the model has one of its own.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = {*TierPrice.objects.values_list("tier", flat=True), self.instance.tier}
        tier: Any = self.fields["tier"]
        tier.choices = [(name, name) for name in sorted(tiers)]

    class Meta:
        model = Engine
        fields = ["tier", "millicredits_per_1k", "is_enabled"]


class ExcludingPlansForm(forms.Form):
    """Plans for which a model is switched off."""

    plans = forms.ModelMultipleChoiceField(
        Plan.objects.all(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        label="Off for",
        help_text="None selected: on for all.",
    )


@admin.register(Engine)
class EngineAdmin(CatalogueAdmin):
    """Models: tier, price and switch are the operator's; announcements never change them."""

    form = EngineForm
    actions_detail = ["set_plans"]
    list_display = ["id", "name", "kind", "tier", "price", "is_enabled", "off_for", "voice_count", "version", "last_announced_at"]
    list_editable = ["is_enabled"]
    list_filter = ["is_enabled", "kind", "tier"]
    search_fields = ["id", "name"]
    fields = [
        ("id", "name"),
        ("is_enabled", "off_for"),
        ("tier", "millicredits_per_1k"),
        "price",
        ("kind", "queue"),
        "version",
        ("first_announced_at", "last_announced_at"),
        "announcement",
    ]
    readonly_fields = [
        "id", "name", "off_for", "price", "kind", "queue", "version", "announcement", "first_announced_at", "last_announced_at"
    ]  # fmt: skip

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Let the list edit only the switch."""
        return super().get_changelist_form(request, **{**kwargs, "form": forms.ModelForm})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Engine]:
        rows: QuerySet[Engine] = super().get_queryset(request)
        of_tier = TierPrice.objects.filter(tier=OuterRef("tier")).values("millicredits_per_1k_characters")
        return rows.annotate(voices_of_it=Count("voices", filter=Q(voices__is_enabled=True)), price_of_tier=Subquery(of_tier))

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Adding is refused: workers announce models."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Deletion is refused: the model's next announcement would recreate it without the operator's price. Disable it instead."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:  # noqa: ARG002 - Django's signature
        """Hide the price of models that are not priced per character."""
        return ["tier" if row == PRICE_ROW and obj is not None and obj.kind != "tts" else row for row in self.fields]

    @display(description="off for plans")
    def off_for(self, engine: Engine) -> str:
        """Plans that do not include the model, by their list or because it is switched off for them."""
        return ", ".join(plan.name for plan in _plans.get() if not plan.includes_model(engine.id)) or "none"

    @action(description="Plans…", icon="workspace_premium", permissions=["catalog.change_engine"])
    def set_plans(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Switch the model off for some plans."""
        engine: Engine = self.get_or_404(request, object_id)
        off = [plan.pk for plan in Plan.objects.all() if engine.id in plan.excluded_models]

        def perform(given: dict[str, Any]) -> str:
            names = exclude_model(engine.id, plans=list(given["plans"]))
            clear_catalogue_cache()
            return f"Off for {', '.join(names)}" if names else "On for all plans whose list of models has it"

        page = FormPage(
            f"Plans without {engine.name}",
            "Accounts of these plans get 403 for the model from the next request on, and it stands in for no other model there. "
            "Its switch for all accounts is on the page of the model.",
            "Save",
            ExcludingPlansForm,
            initial={"plans": off},
        )
        return self.ask(request, page=page, obj=engine, perform=perform)

    @display(description="price in credits")
    def price(self, engine: Any) -> str:
        """Charged price and its source."""
        if engine.kind != "tts":
            services = PAID_BY.get(engine.kind, ())
            prices = [f"{service_price(name) / 1000:g} a {STARTING_SERVICE_PRICES[name][0].value}" for name in services]
            return " or ".join(dict.fromkeys(prices)) or "part of other services"
        if engine.millicredits_per_1k is not None:
            return f"{engine.millicredits_per_1k / 1000:g} for 1,000 characters"
        price = tier_price(engine.tier) if engine.price_of_tier is None else engine.price_of_tier
        return f"{price / 1000:g} for 1,000 characters (tier)"

    @display(description="voices", ordering="voices_of_it")
    def voice_count(self, engine: Any) -> int:
        return int(engine.voices_of_it)

    @display(description="announcement")
    def announcement(self, engine: Engine) -> SafeString:
        """The worker's announcement of the model, as JSON."""
        return as_json(engine.spec)


@admin.register(Voice)
class VoiceAdmin(CatalogueAdmin):
    list_display = ["voice_id", "name", "engine", "language", "gender", "is_enabled", "last_announced_at"]
    list_editable = ["is_enabled"]
    list_filter = ["is_enabled", "engine", "gender"]
    list_select_related = ["engine"]
    search_fields = ["voice_id", "name", "=language"]
    fields = ["engine", "voice_id", "name", "is_enabled", "language", "gender", "description", "shown_tags", "last_announced_at"]
    readonly_fields = ["engine", "voice_id", "name", "language", "gender", "description", "shown_tags", "last_announced_at"]

    @display(description="tags")
    def shown_tags(self, voice: Voice) -> str:
        return ", ".join(voice.tags) or "-"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Adding is refused: workers announce voices."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Deletion is refused: disable the voice instead."""
        return False


@admin.register(StandIn)
class StandInAdmin(CatalogueAdmin):
    """Documented models and the installed models that serve them."""

    list_display = ["model_id", "kind", "tier", "candidate_list", "is_enabled"]
    list_editable = ["is_enabled"]
    list_filter = ["is_enabled", "kind", "tier"]
    search_fields = ["model_id", "name"]
    fields = ["model_id", "name", "is_enabled", "kind", "tier", "candidates", "voices", "max_characters", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:  # noqa: ARG002 - Django's signature
        """Keep the id of an existing row: requests use it."""
        return [] if obj is None else ["model_id"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deletion is offered for added rows alone: starting rows are disabled instead, since the next start of the platform would recreate them."""
        is_starting = isinstance(obj, StandIn) and obj.model_id in STARTING_STAND_INS
        return not is_starting and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer no bulk deletion, which would not ask for confirmation."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @display(description="candidates")
    def candidate_list(self, row: StandIn) -> str:
        """Ids of models, best first."""
        return ", ".join(row.candidates) or "none"
