"""Plans and prices, which the operator edits."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts.models import Plan
from apps.accounts.services import make_default_plan
from apps.billing.models import ServicePrice, TierPrice
from apps.billing.prices import STARTING_TIER_PRICES
from apps.billing.service_descriptions import DESCRIPTIONS
from apps.catalog.models import Engine, StandIn
from apps.jobs.kinds import kind_names_with_recordings
from apps.operator.admin.catalogue_rows import CatalogueAdmin
from apps.operator.admin.forms import ConfirmForm
from apps.operator.admin.pages import FormPage


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Plan, validated where an invalid value would only be noticed by customers."""

    allowed_models = forms.CharField(
        required=False, widget=UnfoldAdminTextInputWidget, help_text="Model ids, separated by commas: piper, kokoro. Empty allows all."
    )

    excluded_models = forms.CharField(
        required=False, widget=UnfoldAdminTextInputWidget, help_text="Model ids that are switched off for this plan, even if it allows all."
    )

    anonymous_services = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Services that visitors of the site use without an account, separated by commas: transcription, audio-convert. Empty: none but speaking texts.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("allowed_models", "excluded_models", "anonymous_services"):
            self.initial[name] = ", ".join(getattr(self.instance, name))

    class Meta:
        model = Plan
        exclude: list[str] = []

    def clean_allowed_models(self) -> list[str]:
        return _names(self.cleaned_data["allowed_models"])

    def clean_excluded_models(self) -> list[str]:
        return _names(self.cleaned_data["excluded_models"])

    def clean_anonymous_services(self) -> list[str]:
        names = _names(self.cleaned_data["anonymous_services"])
        known = kind_names_with_recordings()
        if unknown := [name for name in names if name not in known]:
            raise forms.ValidationError(f"Unknown: {', '.join(unknown)}. Services: {', '.join(sorted(known))}.")
        return names


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@admin.register(Plan)
class PlanAdmin(CatalogueAdmin):
    """Plans: limits and permissions of accounts."""

    form = PlanForm
    list_display = [
        "name",
        "slug",
        "requests_per_minute",
        "concurrent_jobs",
        "max_characters",
        "characters_per_day",
        "weight",
        "account_count",
    ]
    list_filter = ["is_default", "watermark", "uses_cache"]
    search_fields = ["name", "slug"]
    search_help_text = "Name or slug"
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_default"]}),
        (
            "Limits",
            {
                "fields": [
                    ("requests_per_minute", "concurrent_jobs"),
                    ("max_characters", "retention_days"),
                    ("allowed_models", "excluded_models"),
                    ("max_upload_bytes", "max_projects"),
                    ("max_voices", "max_samples"),
                    "weight",
                ]
            },
        ),
        ("Provenance", {"fields": [("watermark", "content_credentials")]}),
        ("Cache", {"fields": ["uses_cache"]}),
        (
            "Callers without a key",
            {"fields": [("characters_per_day", "audio_seconds_per_day"), ("anonymous_services", "total_concurrent_jobs")]},
        ),
    ]
    actions_detail = ["make_default"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """Rows with the number of accounts on each plan."""
        rows: QuerySet[Plan] = super().get_queryset(request)
        return rows.annotate(accounts_on_it=Count("accounts"))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:  # noqa: ARG002 - Django's signature
        """Keep the slug of an existing plan, which programs refer to."""
        return ["is_default"] if obj is None else ["slug", "is_default"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deletion is refused for the plan of new accounts: without one nobody could sign up."""
        return not (isinstance(obj, Plan) and obj.is_default) and bool(super().has_delete_permission(request, obj))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer nothing for the plan of new accounts itself."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        plan = self.get_object(request, str(object_id))
        return [] if plan is None or plan.is_default else actions

    @action(description="Plan of new accounts…", icon="person_add", permissions=["accounts.change_plan"])
    def make_default(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make it the plan that new accounts begin with."""
        plan: Plan = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            make_default_plan(plan)
            return f"New accounts begin with {plan.name}"

        page = FormPage(
            f"{plan.name} for new accounts",
            "Accounts that are opened from now on begin with this plan, in place of the one before. Others keep theirs.",
            "Use it for new accounts",
            ConfirmForm,
        )
        return self.ask(request, page=page, obj=plan, perform=perform)

    @display(description="accounts", ordering="accounts_on_it")
    def account_count(self, plan: Any) -> int:
        return int(plan.accounts_on_it)


@admin.register(TierPrice)
class TierPriceAdmin(CatalogueAdmin):
    """Prices of speech for 1,000 characters. There is one row per tier."""

    list_display = ["tier", "credits_per_1k", "models"]
    search_fields = ["tier"]
    search_help_text = "Tier"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TierPrice]:
        """Rows with the models of each tier, read with the list."""
        rows: QuerySet[TierPrice] = super().get_queryset(request)
        own = Engine.objects.filter(tier=OuterRef("tier"), kind="tts", millicredits_per_1k=None).order_by().values("tier")
        documented = StandIn.objects.filter(tier=OuterRef("tier"), is_enabled=True).order_by().values("tier")
        return rows.annotate(
            own_models=Subquery(own.annotate(names=ArrayAgg("id", order_by="id")).values("names")),
            documented_models=Subquery(documented.annotate(names=ArrayAgg("model_id", order_by="model_id")).values("names")),
        )

    @display(description="credits for 1,000 characters")
    def credits_per_1k(self, price: TierPrice) -> str:
        """Price as customers see it."""
        return f"{price.millicredits_per_1k_characters / 1000:g}"

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:  # noqa: ARG002 - Django's signature
        """Keep the name of a tier, which models refer to."""
        return ["tier"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Adding is refused: no model has a tier that only a price names."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deletion is offered for a tier that no model has: models of a tier without a row cost as much as the most expensive tier, which no page would show."""
        is_free = isinstance(obj, TierPrice) and obj.tier not in STARTING_TIER_PRICES and not _is_tier_in_use(obj.tier)
        return is_free and bool(super().has_delete_permission(request, obj))

    @display(description="charged for")
    def models(self, price: Any) -> str:
        """Speech models and documented models of the tier that have no price of their own."""
        names = dict.fromkeys(
            [*(price.own_models or []), *(price.documented_models or [])]
        )  # a model that replaces a documented one has its name
        return _shortened(list(names)) or "no model: not charged"


@admin.register(ServicePrice)
class ServicePriceAdmin(CatalogueAdmin):
    """Prices of services that are not priced per character. There is one row per service."""

    list_display = ["service", "credits", "unit", "charged_for"]
    list_filter = ["unit"]
    search_fields = ["service"]
    search_help_text = "Service"
    fields = ["service", "charged_for", ("millicredits", "unit")]

    @display(description="credits", ordering="millicredits")
    def credits(self, price: ServicePrice) -> str:
        """Price as customers see it."""
        return f"{price.millicredits / 1000:g}"

    @display(description="charged for")
    def charged_for(self, price: ServicePrice) -> str:
        """Service that charges the price, with its endpoints."""
        return DESCRIPTIONS.get(price.service, "no service: not charged, may be deleted")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:  # noqa: ARG002 - Django's signature
        """Keep the name of a service, which programs refer to."""
        return ["service", "unit", "charged_for"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Adding is refused: a price without a service would never be charged."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deletion is offered for a price that no service charges any more: without its row a service costs its starting price, which no page would show."""
        is_charged = not isinstance(obj, ServicePrice) or obj.service in DESCRIPTIONS
        return not is_charged and bool(super().has_delete_permission(request, obj))


def _is_tier_in_use(tier: str) -> bool:
    return Engine.objects.filter(tier=tier).exists() or StandIn.objects.filter(tier=tier).exists()


def _shortened(names: list[str], *, shown: int = 6) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
