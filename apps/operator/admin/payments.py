"""Payments: what is sold, what was paid, debts, events of Stripe with replay, differences of the nightly reconciliation."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from apps.operator.admin.auditing import AuditedAdmin
from apps.operator.admin.catalog import as_json
from apps.operator.admin.forms import ConfirmForm, ReasonForm
from apps.operator.admin.pages import FormPage, ReadOnlyAdmin, ReadOnlyInline, in_credits
from apps.payments.models import (
    AutoTopUp,
    CreditDebt,
    CreditPack,
    Difference,
    EventState,
    Payment,
    PaymentKind,
    PlanOffer,
    StripeEvent,
    Subscription,
)
from apps.payments.money import format_money
from apps.payments.services.events import replay_event

EVENT_COLOURS = {EventState.PENDING: "info", EventState.PROCESSED: "success", EventState.IGNORED: "default", EventState.FAILED: "danger"}
KIND_COLOURS = {PaymentKind.PACK: "info", PaymentKind.SUBSCRIPTION: "success", PaymentKind.TOP_UP: "warning"}
STATUS_COLOURS = {"active": "success", "trialing": "info", "past_due": "warning", "canceled": "danger", "unpaid": "danger"}


class OfferForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Form of what is sold: pages show the price of the row, and Stripe charges the price with the id, which never changes there."""

    stripe_ids: ClassVar[dict[str, str]] = {
        "monthly_price_minor": "stripe_monthly_price",
        "yearly_price_minor": "stripe_yearly_price",
        "price_minor": "stripe_price",
    }
    """Fields of prices, each with the field of its id at Stripe."""

    def clean(self) -> dict[str, Any]:
        """Refuse a new price with the id of the old one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for price, stripe_id in self.stripe_ids.items():
            is_new = price in self.fields and {price, "currency"} & set(self.changed_data)
            if is_new and data.get(stripe_id) and stripe_id not in self.changed_data:
                self.add_error(
                    price if price in self.changed_data else "currency",
                    f"Stripe would still charge the price {data[stripe_id]}. Put the id of a new price there too, or clear it and run "
                    "`manage.py create_stripe_prices`.",
                )
        return data


@admin.register(PlanOffer)
class PlanOfferAdmin(AuditedAdmin):
    """Prices of plans, with the ids of their prices at Stripe."""

    form = OfferForm
    list_display = ["plan", "monthly", "yearly", "credits", "is_public", "position"]
    list_filter = ["is_public", "currency"]
    list_select_related = ["plan"]
    search_fields = ["plan__name", "=stripe_product", "=stripe_monthly_price", "=stripe_yearly_price"]
    search_help_text = "Name of the plan, or complete id at Stripe"
    fieldsets = [
        (None, {"fields": ["plan", "description", ("is_public", "position")]}),
        ("Price", {"fields": ["currency", ("monthly_price_minor", "yearly_price_minor"), "monthly_millicredits"]}),
        ("At Stripe", {"fields": ["stripe_product", ("stripe_monthly_price", "stripe_yearly_price")]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        """Keep the plan of an existing offer, which is its key."""
        return [] if obj is None else ["plan"]

    @display(description="a month", ordering="monthly_price_minor")
    def monthly(self, offer: PlanOffer) -> str:
        return "-" if offer.monthly_price_minor is None else format_money(offer.monthly_price_minor, offer.currency)

    @display(description="a year", ordering="yearly_price_minor")
    def yearly(self, offer: PlanOffer) -> str:
        return "-" if offer.yearly_price_minor is None else format_money(offer.yearly_price_minor, offer.currency)

    @display(description="credits a month", ordering="monthly_millicredits")
    def credits(self, offer: PlanOffer) -> str:
        return in_credits(offer.monthly_millicredits)


@admin.register(CreditPack)
class CreditPackAdmin(AuditedAdmin):
    form = OfferForm
    list_display = ["name", "price", "credits", "stripe_price", "is_public", "position"]
    list_filter = ["is_public", "currency"]
    search_fields = ["name", "slug", "=stripe_product", "=stripe_price"]
    search_help_text = "Name, or complete id at Stripe"
    fieldsets = [
        (None, {"fields": [("name", "slug"), ("is_public", "position")]}),
        ("Price", {"fields": [("price_minor", "currency"), "millicredits"]}),
        ("At Stripe", {"fields": [("stripe_product", "stripe_price")]}),
    ]

    @display(description="price", ordering="price_minor")
    def price(self, pack: CreditPack) -> str:
        return format_money(pack.price_minor, pack.currency)

    @display(description="credits", ordering="millicredits")
    def credits(self, pack: CreditPack) -> str:
        return in_credits(pack.millicredits)


class DebtsInline(ReadOnlyInline):
    model = CreditDebt
    fields = ["created_at", "owed", "settled", "settled_at"]
    readonly_fields = fields
    verbose_name_plural = "credits that were spent before they could be taken back"

    @display(description="owed credits")
    def owed(self, debt: CreditDebt) -> str:
        return in_credits(debt.owed_millicredits)

    @display(description="settled")
    def settled(self, debt: CreditDebt) -> str:
        return in_credits(debt.settled_millicredits)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Payments, newest first. Refunds are made at Stripe; their events take the credits back."""

    list_display = ["description", "paid_at", "account", "shown_kind", "amount", "credits", "reversed_part"]
    list_filter = ["kind", "paid_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "=reference", "=stripe_payment_intent", "=stripe_invoice"]
    search_help_text = "Account, or complete id of a payment or an invoice"
    paginator = InfinitePaginator
    show_full_result_count = False
    inlines = [DebtsInline]
    fields = [
        ("account", "shown_kind"), "description", ("amount", "credits"), ("refunded", "disputed"), "reversed_part",
        "reference", ("stripe_payment_intent", "stripe_invoice"), "paid_at",
    ]  # fmt: skip
    readonly_fields = [
        "account", "shown_kind", "description", "amount", "credits", "refunded", "disputed", "reversed_part", "reference",
        "stripe_payment_intent", "stripe_invoice", "paid_at",
    ]  # fmt: skip

    @display(description="kind", ordering="kind", label=KIND_COLOURS)
    def shown_kind(self, payment: Payment) -> str:
        return payment.kind

    @display(description="amount", ordering="amount_minor")
    def amount(self, payment: Payment) -> str:
        return format_money(payment.amount_minor, payment.currency)

    @display(description="credits", ordering="granted_millicredits")
    def credits(self, payment: Payment) -> str:
        return in_credits(payment.granted_millicredits)

    @display(description="refunded")
    def refunded(self, payment: Payment) -> str:
        return format_money(payment.refunded_minor, payment.currency)

    @display(description="disputed")
    def disputed(self, payment: Payment) -> str:
        return format_money(payment.disputed_minor, payment.currency)

    @display(description="credits taken back", ordering="reversed_millicredits")
    def reversed_part(self, payment: Payment) -> str:
        return in_credits(payment.reversed_millicredits) if payment.reversed_millicredits else "-"


@admin.register(CreditDebt)
class CreditDebtAdmin(ReadOnlyAdmin):
    """Credits that accounts owe, since a refunded or disputed payment's credits were spent."""

    list_display = ["id", "account", "owed", "settled", "created_at", "settled_at"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "=payment__reference"]
    search_help_text = "Account, or complete id of the payment"
    fields = ["account", "payment", "owed", "settled", "created_at", "settled_at"]
    readonly_fields = fields

    @display(description="owed credits", ordering="owed_millicredits")
    def owed(self, debt: CreditDebt) -> str:
        return in_credits(debt.owed_millicredits)

    @display(description="settled", ordering="settled_millicredits")
    def settled(self, debt: CreditDebt) -> str:
        return in_credits(debt.settled_millicredits)


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Subscriptions as Stripe last described them."""

    list_display = ["stripe_id", "account", "shown_status", "plan", "interval", "period_end", "cancels_at_period_end", "next_plan"]
    list_filter = ["status", "interval", "cancels_at_period_end"]
    list_select_related = ["account", "plan", "next_plan"]
    search_fields = ["account__name", "=stripe_id"]
    fields = [
        "stripe_id", "account", "shown_status", "plan", "interval", "stripe_price", "period_end", "cancels_at_period_end", "next_plan",
        "next_interval", "past_due_since", "has_pending_update", "started_at", "updated_at",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, subscription: Subscription) -> str:
        return subscription.status


@admin.register(AutoTopUp)
class AutoTopUpAdmin(ReadOnlyAdmin):
    list_display = ["account", "is_enabled", "pack", "disabled_reason", "updated_at"]
    list_filter = ["is_enabled", "pack"]
    list_select_related = ["account", "pack"]
    search_fields = ["account__name", "=account__id"]
    search_help_text = "Account name or number"
    fields = ["account", "is_enabled", "pack", "threshold", "monthly_cap", "disabled_reason", "updated_at"]
    readonly_fields = fields

    @display(description="below credits")
    def threshold(self, top_up: AutoTopUp) -> str:
        """Balance below which the pack is bought."""
        return in_credits(top_up.threshold_millicredits)

    @display(description="most in a month")
    def monthly_cap(self, top_up: AutoTopUp) -> str:
        return format_money(top_up.monthly_cap_minor, top_up.pack.currency)


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    """Events as they were received. A failed one is kept with its error, and can be replayed."""

    list_display = ["stripe_id", "type", "object_id", "shown_state", "attempt_count", "received_at", "processed_at", "error"]
    list_filter = ["state", "received_at"]
    search_fields = ["=stripe_id", "=object_id", "=type"]
    search_help_text = "Complete id of the event or its object, or the type"
    ordering = ["-id"]
    paginator = InfinitePaginator
    show_full_result_count = False
    actions_detail = ["replay"]
    fields = [
        "stripe_id", "type", "object_id", "shown_state", "attempt_count", "error", "received_at", "next_attempt_at", "processed_at",
        "shown_payload",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="state", ordering="state", label=EVENT_COLOURS)
    def shown_state(self, event: StripeEvent) -> str:
        return event.state

    @display(description="event")
    def shown_payload(self, event: StripeEvent) -> SafeString:
        return as_json(event.payload)

    @action(description="Replay…", icon="replay", permissions=["payments.change_stripeevent"])
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event: StripeEvent = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            replay_event(event)
            return "The event is processed again"

        text = "The object is read again at Stripe. Credits that were granted or taken already do not change."
        return self.ask(request, page=FormPage(f"Replay {event}", text, "Replay", ConfirmForm), obj=event, perform=perform)


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    """Differences between Stripe, our rows and the ledger. Those that are repaired, or gone, are resolved."""

    list_display = ["message", "kind", "account", "is_repaired", "found_at", "resolved_at"]
    list_filter = ["kind", "is_repaired", ("resolved_at", admin.EmptyFieldListFilter)]
    list_select_related = ["account"]
    search_fields = ["account__name", "=object_id"]
    fields = ["kind", "account", "object_id", "message", "is_repaired", "found_at", "resolved_at"]
    readonly_fields = fields
    actions_detail = ["resolve"]

    @action(description="Resolve…", icon="check_circle", permissions=["payments.change_difference"])
    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark a difference that an operator settled by hand; it comes back if the next run still finds it."""
        difference: Difference = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            Difference.objects.filter(pk=difference.pk, resolved_at=None).update(resolved_at=timezone.now())
            return f"Resolved: {given['reason']}"

        text = "For what was settled by hand. The next nightly run opens it again if it still finds it."
        return self.ask(request, page=FormPage("Resolve the difference", text, "Resolve", ReasonForm), obj=difference, perform=perform)
