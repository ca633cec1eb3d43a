"""Low-balance notice, sent once each time the balance falls below the account's threshold."""

from typing import Final

from django.conf import settings

from apps.billing import prices
from apps.billing.models import Balance
from apps.core.notices import record_notice

THRESHOLD: Final = "COALESCE(low_threshold_millicredits, %(low)s)"
IS_NEWS: Final = f"(NOT was_told_low AND available_millicredits < {THRESHOLD})"
"""SQL for RETURNING in an UPDATE of billing_balance: true if a notice is due."""


def default_threshold_millicredits() -> int:
    """Threshold of accounts without one of their own; the parameter `low` of the statements."""
    return int(settings.TTSAI_LOW_CREDITS) * 1000


def set_low_threshold(account_id: int, *, millicredits: int | None) -> None:
    """Set an account's own threshold; None restores the default. The next fall below it sends a notice."""
    Balance.objects.update_or_create(account_id=account_id, defaults={"low_threshold_millicredits": millicredits, "was_told_low": False})


def notify_low_balance(account_id: int, *, available_millicredits: int) -> None:
    """Leave the notice, in the transaction that changed the balance and therefore holds its row lock."""
    balance = Balance.objects.get(account_id=account_id)
    balance.was_told_low = True
    balance.save(update_fields=["was_told_low"])
    own = balance.low_threshold_millicredits
    threshold = default_threshold_millicredits() if own is None else own
    record_notice(
        account_id,
        event="credits.low",
        data={"credits_remaining": prices.credits(available_millicredits), "threshold": prices.credits(threshold)},
    )
