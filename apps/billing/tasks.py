"""Celery tasks of the app."""

import logging

from celery import shared_task

from apps.billing.selectors import ledger_differences
from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit

logger = logging.getLogger(__name__)


@shared_task(name="platform.reconcile_ledger", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def reconcile_ledger() -> None:
    """Nightly: reconcile balances with entries. A difference is logged as an error."""
    for difference in ledger_differences():
        logger.error(
            "ledger: account %s has %s millicredits, its entries add up to %s",
            difference.account_id,
            difference.available_millicredits,
            difference.entries_millicredits,
        )
