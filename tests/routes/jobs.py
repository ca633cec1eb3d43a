"""Rows of apps/jobs/urls.py."""

from apps.accounts.models import Account
from apps.jobs.models import Job
from tests.factories_jobs import caller, submit
from tests.routes.table import Owned, row


def job_of(account: Account) -> Job:
    return submit(caller(account), price=0).job


def a_job(account: Account) -> Owned:
    return Owned(path={"uuid": job_of(account).uuid.hex})


def a_listed_job(account: Account) -> Owned:
    return Owned(shown=job_of(account).uuid.hex)


def some_usage(account: Account) -> Owned:
    job_of(account)
    return Owned(shown='"jobs":1')


ROWS = [
    row("jobs/", "GET", scope="jobs:read", owns=a_listed_job),
    row("jobs/<uuid>/", "GET", scope="jobs:read", owns=a_job),
    row("jobs/<uuid>/cancel/", "POST", scope="jobs:write", owns=a_job),
    row("jobs/<uuid>/events/", "GET", scope="jobs:read", owns=a_job),
    row("usage/", "GET", scope="account:read", owns=some_usage),
    row("health/", "GET", scope=None, owns=None, key="ignored"),
    row(
        "voices/<model_id>/<voice_id>/preview/",
        "GET",
        scope=None,
        owns=None,
        key="ignored",
        at={"model_id": "kokoro", "voice_id": "af_bella"},
    ),
]
