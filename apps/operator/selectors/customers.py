"""Everything that an account's page shows beside its form: figures of 30 days and the latest rows."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from apps.accounts.models import Account, ApiKey
from apps.audit.models import AuditEntry
from apps.billing.models import LedgerEntry
from apps.jobs.models import FAILED_STATES, Job, JobState
from apps.webhooks.models import Delivery, Endpoint

WINDOW = timedelta(days=30)
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Activity:
    """Jobs of an account in 30 days."""

    jobs: int
    completed: int
    failed: int
    charged_millicredits: int


def get_activity(account: Account) -> Activity:
    jobs = Job.objects.filter(account=account, is_internal=False, created_at__gt=timezone.now() - WINDOW)
    sums = jobs.aggregate(
        all=Count("uuid"),
        completed=Count("uuid", filter=Q(state=JobState.COMPLETED)),
        failed=Count("uuid", filter=Q(state__in=FAILED_STATES)),
        charged=Sum("charged_millicredits", default=0),
    )
    return Activity(sums["all"], sums["completed"], sums["failed"], sums["charged"])


def list_latest_jobs(account: Account) -> list[Job]:
    jobs = Job.objects.filter(account=account, is_internal=False).defer("params", "result")
    return list(jobs.order_by("-created_at", "uuid")[:SHOWN])


def list_latest_entries(account: Account) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(account=account).order_by("-id")[:SHOWN])


def list_latest_keys(account: Account) -> list[ApiKey]:
    """Keys, those in use first."""
    return list(ApiKey.objects.filter(account=account).order_by("revoked_at", "-id")[:SHOWN])


def list_endpoints(account: Account) -> list[Endpoint]:
    return list(Endpoint.objects.filter(account=account).order_by("-created_at")[:SHOWN])


def list_latest_deliveries(account: Account) -> list[Delivery]:
    return list(Delivery.objects.filter(account=account).defer("body").order_by("-created_at")[:SHOWN])


def list_latest_actions(account: Account) -> list[AuditEntry]:
    """Actions of operators on the account and on what belongs to it."""
    return list(AuditEntry.objects.filter(account_id=account.pk).order_by("-id")[:SHOWN])
