"""Credits that come back to an account that owes some: an app above takes them at once, in the same transaction."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string


def settle_owed(account_id: int) -> int:
    """Settle what the account owes from its balance, whose row is locked; returns the thousandths of a credit that were taken."""
    return _hook()(account_id)


@cache
def _hook() -> Callable[[int], int]:
    found: Callable[[int], int] = import_string(settings.TTSAI_CREDIT_RETURN_HOOK)
    return found
