"""Automatic top-ups: a pack is bought with the saved card once the balance falls below a threshold."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from apps.accounts.models import Account, AccountStatus
from apps.billing.models import Balance
from apps.billing.selectors import available_millicredits
from apps.core.errors import ConflictError, InvalidRequestError
from apps.payments.client import CardDeclinedError, as_dict, id_of, stripe_call
from apps.payments.models import AutoTopUp, CreditPack, Customer, PaymentKind, TopUp, TopUpState
from apps.payments.money import format_money
from apps.payments.services.credits import record_payment
from apps.payments.services.notices import notify_about_money
from apps.payments.services.syncing import account_of, moment
from apps.payments.services.top_up_switch import disable_top_up
from apps.payments.services.turns import account_turn

FRESH: Final = timedelta(minutes=2)
"""Age from which a pending top-up is looked up again: until then its own task, or Stripe's event, ends it."""
LONGEST_PENDING: Final = timedelta(hours=23)
"""Stripe keeps idempotency keys for a day: a call whose answer was lost is repeated no later."""


def set_top_up(account: Account, *, threshold_millicredits: int, pack: CreditPack, monthly_cap_minor: int) -> AutoTopUp:
    """Turn automatic top-ups on. 409 no_card without a saved card, 400 for a cap below the price of the pack."""
    if threshold_millicredits <= 0:
        raise InvalidRequestError("The threshold must be above zero.", param="threshold")
    if monthly_cap_minor < pack.price_minor:
        price = format_money(pack.price_minor, pack.currency)
        raise InvalidRequestError(f"The most per month is below the price of one pack, {price}.", param="monthly_cap")
    if find_card(account) is None:
        raise ConflictError("There is no saved card. Add one first.", code="no_card")
    with transaction.atomic():
        top_up, _ = AutoTopUp.objects.update_or_create(
            account=account,
            defaults={
                "is_enabled": True,
                "threshold_millicredits": threshold_millicredits,
                "pack": pack,
                "monthly_cap_minor": monthly_cap_minor,
                "disabled_reason": "",
            },
        )
        Balance.objects.update_or_create(account=account, defaults={"top_up_below_millicredits": threshold_millicredits})
    return top_up


def find_card(account: Account) -> str | None:
    """Id of the card to charge: the customer's default one, otherwise the last one saved."""
    customer = Customer.objects.filter(account=account, deleted_at=None).first()
    if customer is None:
        return None
    with stripe_call() as client:
        found = as_dict(client.v1.customers.retrieve(customer.stripe_id))
        default = id_of((found.get("invoice_settings") or {}).get("default_payment_method"))
        if default:
            return default
        cards = client.v1.payment_methods.list({"customer": customer.stripe_id, "type": "card"}).data
    return cards[0].id if cards else None


def top_up_balance(account_id: int) -> bool:
    """Buy the pack if the balance is below the threshold; True if credits were bought. Never two at once, never past the month's cap."""
    with account_turn(account_id):
        top_up = _begin(account_id)
        return top_up is not None and _charge(top_up)


def list_due_top_ups() -> list[int]:
    """Accounts below their threshold, or with a pending top-up whose answer was lost: for the sweep."""
    low = AutoTopUp.objects.filter(is_enabled=True, account__status=AccountStatus.ACTIVE).filter(
        account__balance__available_millicredits__lt=F("threshold_millicredits"), account__balance__has_debt=False
    )
    pending = TopUp.objects.filter(state=TopUpState.PENDING, created_at__lt=timezone.now() - FRESH)
    return sorted({*low.values_list("account_id", flat=True), *pending.values_list("account_id", flat=True)})


def sync_top_up(payment_intent: str) -> bool:
    """End a top-up by what Stripe says about its payment; False if the payment is none."""
    with stripe_call() as client:
        found = as_dict(client.v1.payment_intents.retrieve(payment_intent))
    account_id = account_of(found.get("customer"))
    if account_id is None or (found.get("metadata") or {}).get("kind") != "top_up":
        return False
    with account_turn(account_id):
        top_up = TopUp.objects.filter(account_id=account_id, uuid=found["metadata"]["top_up"]).first()
        if top_up is None:
            return False
        with stripe_call() as client:
            _apply(top_up, as_dict(client.v1.payment_intents.retrieve(payment_intent)))
    return True


def spent_this_month(account_id: int, *, now: datetime | None = None) -> int:
    """Smallest units of money that top-ups of this month (UTC) took or may still take."""
    month = (now or timezone.now()).astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counted = TopUp.objects.filter(account_id=account_id, created_at__gte=month).exclude(state=TopUpState.FAILED)
    return counted.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def _begin(account_id: int) -> TopUp | None:
    """The top-up to charge: a pending one that was interrupted, or a new one if it is due. None for an account that owes credits: it would
    pay for what was reversed, which a person decides.
    """
    pending = TopUp.objects.filter(account_id=account_id, state=TopUpState.PENDING).first()
    if pending is not None:
        return pending
    settings = AutoTopUp.objects.select_related("pack", "account").filter(account_id=account_id, is_enabled=True).first()
    owes = Balance.objects.filter(account_id=account_id, has_debt=True).exists()
    if settings is None or settings.account.status != AccountStatus.ACTIVE or owes:
        return None
    if available_millicredits(account_id) >= settings.threshold_millicredits:
        return None
    pack = settings.pack
    if spent_this_month(account_id) + pack.price_minor > settings.monthly_cap_minor:
        return None
    try:
        with transaction.atomic():
            return TopUp.objects.create(
                account_id=account_id, pack=pack, millicredits=pack.millicredits, amount_minor=pack.price_minor, currency=pack.currency
            )
    except IntegrityError:  # another one is pending since
        return None


def _charge(top_up: TopUp) -> bool:
    """Charge the card; the idempotency key makes a repeat after a crash the same payment."""
    try:
        if top_up.stripe_payment_intent or timezone.now() - top_up.created_at > LONGEST_PENDING:
            return _look_up(top_up)
        card = top_up.stripe_payment_method or find_card(top_up.account)
        if card is None:
            return _fail(top_up, "There is no saved card.")
        TopUp.objects.filter(pk=top_up.pk).update(stripe_payment_method=card)
        return _apply(top_up, _create_payment(top_up, card=card))
    except CardDeclinedError as error:
        return _fail(top_up, error.message)
    except ConflictError as error:  # the card was removed, the customer deleted: repeating changes nothing
        return _fail(top_up, error.message)


def _create_payment(top_up: TopUp, *, card: str) -> dict[str, Any]:
    customer = Customer.objects.get(account_id=top_up.account_id)
    metadata = {"account": str(top_up.account_id), "kind": "top_up", "top_up": top_up.uuid.hex, "millicredits": str(top_up.millicredits)}
    with stripe_call() as client:
        created = client.v1.payment_intents.create(
            {
                "amount": top_up.amount_minor,
                "currency": top_up.currency,
                "customer": customer.stripe_id,
                "payment_method": card,
                "off_session": True,
                "confirm": True,
                "description": f"Automatic top-up: {top_up.millicredits / 1000:,.0f} credits",
                "metadata": metadata,
            },
            {"idempotency_key": f"top_up:{top_up.uuid.hex}"},
        )
    return as_dict(created)


def _look_up(top_up: TopUp) -> bool:
    """End a top-up whose answer was lost, by its payment at Stripe; without one it failed."""
    if not top_up.stripe_payment_intent:
        return _fail(top_up, "Stripe did not answer for a day.")
    with stripe_call() as client:
        return _apply(top_up, as_dict(client.v1.payment_intents.retrieve(top_up.stripe_payment_intent)))


def _apply(top_up: TopUp, intent: dict[str, Any]) -> bool:
    """Grant the credits of a payment that succeeded, or end one that failed; a payment in progress stays pending."""
    TopUp.objects.filter(pk=top_up.pk).update(stripe_payment_intent=intent["id"])
    if intent["status"] == "succeeded":
        with transaction.atomic():
            record_payment(
                top_up.account_id,
                kind=PaymentKind.TOP_UP,
                reference=intent["id"],
                payment_intent=intent["id"],
                amount_minor=intent["amount_received"],
                currency=intent["currency"],
                millicredits=top_up.millicredits,
                description=f"Automatic top-up: {top_up.millicredits / 1000:,.0f} credits",
                paid_at=moment(intent["created"]),
            )
            _end(top_up, state=TopUpState.SUCCEEDED)
        return True
    if intent["status"] in {"requires_payment_method", "requires_action", "canceled"}:
        error = (intent.get("last_payment_error") or {}).get("message") or "The bank asks the cardholder to confirm the payment."
        return _fail(top_up, error)
    return False


def _fail(top_up: TopUp, error: str) -> bool:
    """End a top-up without credits, and turn top-ups off, with a notice: a card that was declined is not tried again and again."""
    with transaction.atomic():
        if _end(top_up, state=TopUpState.FAILED, error=error):
            disable_top_up(top_up.account_id, reason=f"The last automatic top-up failed: {error}")
            text = f"An automatic purchase of credits failed: {error}\nAutomatic top-ups are off until you turn them on again on the billing page."
            notify_about_money(top_up.account, subject="Automatic top-up failed", text=text)
    return False


def _end(top_up: TopUp, *, state: TopUpState, error: str = "") -> bool:
    pending = TopUp.objects.filter(pk=top_up.pk, state=TopUpState.PENDING)
    return bool(pending.update(state=state, error=error[:300], ended_at=timezone.now()))
