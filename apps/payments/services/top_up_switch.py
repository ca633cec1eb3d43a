"""End of automatic top-ups: by a member, after a failure, after a refund or a dispute."""

from django.db import transaction
from django.utils import timezone

from apps.billing.models import Balance
from apps.payments.models import AutoTopUp, Payment
from apps.payments.services.notices import notify_about_money


def disable_top_up(account_id: int, *, reason: str = "") -> None:
    """Turn automatic top-ups off; the reason is shown."""
    with transaction.atomic():
        AutoTopUp.objects.filter(account_id=account_id).update(is_enabled=False, disabled_reason=reason[:300], updated_at=timezone.now())
        Balance.objects.filter(account_id=account_id).update(top_up_below_millicredits=None)


def stop_after_reversal(payment: Payment, *, is_dispute: bool) -> None:
    """Turn automatic top-ups off, with a mail: what was just given back to the cardholder must not be charged again."""
    if not AutoTopUp.objects.filter(account_id=payment.account_id, is_enabled=True).exists():
        return
    reason = f"A payment was {'disputed' if is_dispute else 'refunded'}: {payment.description}."
    disable_top_up(payment.account_id, reason=reason)
    text = f"{reason}\nAutomatic top-ups are off, so that it is not charged again, until you turn them on again on the billing page."
    notify_about_money(payment.account, subject="Automatic top-ups are off", text=text)
