"""Celery tasks of payments."""

import logging

from celery import shared_task

from apps.billing.services.jobs import TOP_UP
from apps.core.errors import UnavailableError
from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit
from apps.payments.client import has_payments
from apps.payments.services.events import PROCESS_EVENT, forget_events, list_due_events, process_event
from apps.payments.services.grace import end_grace
from apps.payments.services.reconciliation import reconcile
from apps.payments.services.top_ups import list_due_top_ups, top_up_balance

logger = logging.getLogger(__name__)


@shared_task(name=PROCESS_EVENT, ignore_result=True)
def process_stripe_event(stripe_id: str) -> None:
    process_event(stripe_id)


@shared_task(name="platform.process_stripe_events", ignore_result=True)
def process_stripe_events() -> None:
    """Every 15 seconds: events whose message was lost, or whose last attempt failed."""
    for stripe_id in list_due_events():
        process_event(stripe_id)


@shared_task(name=TOP_UP, ignore_result=True)
def top_up(account_id: int) -> None:
    """Asked for when a reservation crosses the account's threshold."""
    if has_payments():
        _top_up(account_id)


@shared_task(name="platform.top_up_balances", ignore_result=True)
def top_up_balances() -> None:
    """Every minute: accounts below their threshold whose message was lost."""
    if has_payments():
        for account_id in list_due_top_ups():
            _top_up(account_id)


@shared_task(name="platform.end_payment_grace", ignore_result=True)
def end_payment_grace() -> None:
    """Every ten minutes: accounts whose days of grace have passed."""
    end_grace()


@shared_task(name="platform.reconcile_payments", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def reconcile_payments() -> None:
    """Nightly, after the reconciliation of the ledger."""
    forget_events()
    try:
        reconcile()
    except UnavailableError as error:
        logger.error("payments were not reconciled: %s", error.message)  # noqa: TRY400 - not a bug


def _top_up(account_id: int) -> None:
    try:
        top_up_balance(account_id)
    except UnavailableError as error:  # the sweep tries again, with the same idempotency key
        logger.warning("top-up of account %s is tried again: %s", account_id, error.message)
