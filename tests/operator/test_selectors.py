"""Timelines of jobs and data of the start page's charts, in exact values."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.billing.models import EntryKind
from apps.billing.services import grant_credits, reserve_credits, settle_credits
from apps.core.ttl_cache import clear_all_caches
from apps.jobs.models import Job, Part
from apps.operator.admin.jobs import in_units
from apps.operator.selectors import charts
from apps.operator.selectors.timeline import get_timeline
from apps.operator.wording import counted
from tests.factories import AccountFactory
from tests.operator.rows import make_job

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 11, 30, 10, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def drawn_job(**part: Any) -> Job:
    job = make_job(AccountFactory(), state="completed")
    Job.objects.filter(pk=job.pk).update(created_at=BEGIN, started_at=at(2), finished_at=at(10))
    Part.objects.filter(job=job).update(**part)
    job.refresh_from_db()
    return job


def test_a_timeline_places_waiting_pickup_and_work_on_one_scale() -> None:
    job = drawn_job(worker="box/cpu", admitted_at=at(2), started_at=at(3), finished_at=at(10))
    (line,) = get_timeline(job).lines
    assert [(span.kind, span.x, span.width) for span in line.spans] == [("waiting", 0, 200), ("pickup", 200, 100), ("running", 300, 700)]
    assert (line.waited_seconds, line.run_seconds, line.attempts) == (2.0, 7.0, ())
    assert line.spans[2].label == "box/cpu: 7.00 s"


def test_a_timeline_shows_a_lost_attempt_and_the_wait_after_it() -> None:
    lost = {"worker": "box/gpu", "admitted_at": at(1).isoformat(), "ended_at": at(4).isoformat(), "error_code": "worker_lost"}
    job = drawn_job(
        worker="box/cpu", admitted_at=at(5), started_at=at(5), finished_at=at(10), earlier_attempts=[lost, {"worker": "no times"}]
    )
    (line,) = get_timeline(job).lines
    assert [(span.kind, span.x, span.width) for span in line.spans] == [("lost", 100, 300), ("waiting", 400, 100), ("running", 500, 500)]
    assert [(attempt.worker, attempt.error_code, attempt.seconds) for attempt in line.attempts] == [("box/gpu", "worker_lost", 3.0)]


def test_waiting_time_of_a_later_stage_counts_from_the_earlier_stages_end() -> None:
    job = drawn_job(admitted_at=at(1), started_at=at(1), finished_at=at(6))
    Part.objects.create(
        job=job, index=1, kind="join", stage=1, state="done", work={}, tenant=job.tenant, queue="codec", lane="normal",
        admitted_at=at(8), started_at=at(8), finished_at=at(10),
    )  # fmt: skip
    join = get_timeline(job).lines[1]
    assert [(span.kind, span.x, span.width) for span in join.spans] == [("waiting", 600, 200), ("running", 800, 200)]


def test_a_waiting_job_has_one_stretch_until_now() -> None:
    job = make_job(None, state="queued")
    (line,) = get_timeline(job).lines
    assert [(span.kind, span.x, span.width) for span in line.spans] == [("waiting", 0, 1000)]


def test_charts_count_sales_refunds_charges_jobs_errors_and_latencies() -> None:
    clear_all_caches()
    account = AccountFactory(credits=5)
    grant_credits(account.pk, amount_millicredits=9000, kind=EntryKind.PURCHASE, reason="pack", actor="stripe")
    job = make_job(account, state="completed")
    reserve_credits(account.pk, job_uuid=job.uuid, amount_millicredits=68)
    settle_credits(account.pk, job_uuid=job.uuid, reserved_millicredits=68, charged_millicredits=50)
    make_job(None, state="completed")
    make_job(account, state="failed")
    make_job(account, state="expired")
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(created_at=now, started_at=now + timedelta(seconds=2), finished_at=now + timedelta(seconds=5))
    assert [(one.name, one.values[-1], sum(one.values)) for one in charts.revenue_chart().series] == [
        ("credits sold", 9.0, 9.0),
        ("credits taken back", 0, 0),
        ("credits charged for work", 0.05, 0.05),
    ]
    assert [(one.name, one.values[-1]) for one in charts.usage_chart().series] == [("with an account", 1), ("without a key", 1)]
    assert [(one.name, one.values[-1]) for one in charts.errors_chart().series] == [("failed", 1), ("expired", 1)]
    assert [one.values[-1] for one in charts.latency_chart().series] == [2.0, 2.0, 3.0, 3.0]
    assert (len(charts.usage_chart().points), len(charts.latency_chart().points)) == (14, 24)


def test_charts_without_data_say_so() -> None:
    clear_all_caches()
    assert all(chart().is_empty for chart in (charts.revenue_chart, charts.usage_chart, charts.errors_chart, charts.latency_chart))


@pytest.mark.parametrize(
    ("kind", "units", "shown"),
    [
        ("speech", 1234, "1,234 characters"),
        ("transcription", 12_500, "12.5 s of audio"),
        ("enrol_voice", 3, "3 units of work"),
        ("gone", 3, "3 units of work"),
    ],
)
def test_sizes_are_shown_with_the_unit_of_their_kind(kind: str, units: int, shown: str) -> None:
    assert in_units(units, kind=kind) == shown


def test_counts_are_singular_for_one() -> None:
    assert [counted(number, "account") for number in (0, 1, 2000)] == ["0 accounts", "1 account", "2,000 accounts"]
