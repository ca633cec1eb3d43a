"""Celery tasks of privacy."""

from celery import shared_task

from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit
from apps.privacy import services
from apps.privacy.services.exports import MAKE_EXPORTS, expire_exports, make_exports


@shared_task(name=services.erasure.CONTINUE_ERASURES, ignore_result=True)
def continue_erasures() -> None:
    """Every ten minutes, and at once when an erasure is requested: continue open erasures."""
    services.continue_erasures()


@shared_task(name=MAKE_EXPORTS, ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def make_waiting_exports() -> None:
    """Make requested exports and delete expired ones: at once after a request, and every ten minutes."""
    expire_exports()
    make_exports()
