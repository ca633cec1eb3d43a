"""Read operations: offers, packs, an account's subscription, payments and invoices."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from apps.accounts.models import Account, Plan
from apps.core.errors import NotFoundError
from apps.payments.client import as_dict, has_payments, stripe_call
from apps.payments.models import LIVE_STATUSES, AutoTopUp, CreditDebt, CreditPack, Customer, Interval, Payment, PlanOffer, Subscription

INVOICES_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Invoice:
    """Invoice for display."""

    number: str
    created_at: datetime
    amount_minor: int
    currency: str
    status: str
    pdf_url: str
    page_url: str
    tax_ids: tuple[str, ...]


def list_offers() -> QuerySet[PlanOffer]:
    """Public offers in the order of the page of prices."""
    return PlanOffer.objects.filter(is_public=True).select_related("plan")


def list_packs() -> QuerySet[CreditPack]:
    return CreditPack.objects.filter(is_public=True)


def get_pack(slug: str) -> CreditPack:
    pack = list_packs().filter(slug=slug).first()
    if pack is None:
        raise NotFoundError("There is no such pack.")
    return pack


def get_offer(slug: str) -> PlanOffer:
    offer = list_offers().filter(plan__slug=slug).first()
    if offer is None:
        raise NotFoundError("There is no such plan.")
    return offer


def find_offer_of_price(price_id: str, product_id: str) -> tuple[PlanOffer | None, Interval | None]:
    """Offer with this price, or another price of its product; the interval if the price is one of its own."""
    by_price = Q(stripe_monthly_price=price_id) | Q(stripe_yearly_price=price_id)
    offer = PlanOffer.objects.select_related("plan").filter(by_price).first()
    if offer is not None:
        return offer, Interval.YEAR if offer.stripe_yearly_price == price_id else Interval.MONTH
    by_product = PlanOffer.objects.select_related("plan").filter(stripe_product=product_id).exclude(stripe_product="").first()
    return by_product, None


def find_live_subscription(account: Account) -> Subscription | None:
    """The subscription that continues, the newest if there are several by mistake."""
    found = Subscription.objects.select_related("plan__offer", "next_plan").filter(account=account, status__in=LIVE_STATUSES)
    return found.order_by("-started_at").first()


def entitled_plan(subscription: Subscription, *, now: datetime | None = None) -> Plan | None:
    """Plan that the subscription gives at this moment: none once it ended, or once the days of grace have passed."""
    if not subscription.is_live:
        return None
    if subscription.status == "past_due" and (now or timezone.now()) >= grace_end(subscription):
        return None
    return subscription.plan


def grace_end(subscription: Subscription) -> datetime:
    """Moment at which the account loses its plan if the failed payment is not made up for."""
    return (subscription.past_due_since or timezone.now()) + timedelta(days=settings.TTSAI_PAYMENT_GRACE_DAYS)


def list_payments(account: Account) -> QuerySet[Payment]:
    return Payment.objects.filter(account=account)


def open_debt_millicredits(account: Account) -> int:
    """Credits that the next purchase settles first."""
    sums = CreditDebt.objects.filter(account=account, settled_at=None).aggregate(
        owed=Sum("owed_millicredits"), settled=Sum("settled_millicredits")
    )
    return (sums["owed"] or 0) - (sums["settled"] or 0)


def find_top_up(account: Account) -> AutoTopUp | None:
    return AutoTopUp.objects.select_related("pack").filter(account=account).first()


def list_invoices(account: Account) -> list[Invoice]:
    """Latest invoices, read from Stripe, whose links to PDF files expire. 503 if it does not answer."""
    customer = Customer.objects.filter(account=account, deleted_at=None).first()
    if customer is None or not has_payments():
        return []
    with stripe_call() as client:
        found = client.v1.invoices.list({"customer": customer.stripe_id, "limit": INVOICES_SHOWN})
    return [_invoice(as_dict(invoice)) for invoice in found.data if invoice.status != "draft"]


def _invoice(found: dict[str, Any]) -> Invoice:
    return Invoice(
        number=found.get("number") or found["id"],
        created_at=datetime.fromtimestamp(found["created"], UTC),
        amount_minor=found["total"],
        currency=found["currency"],
        status=found.get("status") or "",
        pdf_url=found.get("invoice_pdf") or "",
        page_url=found.get("hosted_invoice_url") or "",
        tax_ids=tuple(one["value"] for one in found.get("customer_tax_ids") or [] if one.get("value")),
    )
