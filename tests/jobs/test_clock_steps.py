"""System clock set back: leases, retries, pauses and worker restarts use the clock as it is now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.catalog.models import Worker
from apps.jobs.models import AdmissionPause, Part, ReaperClock
from apps.jobs.pauses import is_admission_paused
from apps.jobs.services.reap import reap
from tests.factories_jobs import announce, caller, part_of, started, submit
from tests.jobs.observing import age_leases, lease_seconds


@pytest.mark.parametrize("seen_seconds_ago", [20, -3600])
def test_worker_that_restarts_after_a_clock_was_set_back_is_heard(seen_seconds_ago: int) -> None:
    announce(boot="boot-1", sent_at=5000.0)
    Worker.objects.update(last_seen_at=timezone.now() - timedelta(seconds=seen_seconds_ago))
    announce(boot="boot-2", sent_at=1400.0)
    started(part_of(submit(caller()).job), boot="boot-2")
    assert (Worker.objects.get().boot, Part.objects.get().state) == ("boot-2", "running")


@pytest.mark.usefixtures("_awake")
def test_reaper_after_the_clock_was_set_back_bounds_every_lease_retry_and_pause() -> None:
    announce(slots=1)
    first, second = (submit(caller()).job for _ in range(2))
    running = started(part_of(first))
    # As rows look that were written an hour before the clock went back by an hour.
    future = timezone.now() + timedelta(hours=1)
    Part.objects.filter(pk=running.pk).update(lease_expires_at=future)
    Part.objects.filter(job_id=second.uuid).update(not_before=future)
    AdmissionPause.objects.create(until=future)
    ReaperClock.objects.update(last_run_at=future)
    assert reap() == 0
    assert lease_seconds(running) == pytest.approx(15, abs=1)
    assert part_of(second).not_before <= timezone.now()
    assert not is_admission_paused()
    age_leases()
    assert reap() == 1, "a worker that is not heard of meanwhile is lost as usual"
