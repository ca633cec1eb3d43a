"""Dispatcher on real rows: admissions, and the cost of a long backlog."""

import json
import re
import threading
import time
from typing import Any

import pytest
import redis
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from apps.jobs import dispatch as dispatcher
from apps.jobs import publishing
from apps.jobs.dispatch import WAITING, dispatch, dispatch_all
from apps.jobs.models import Job, Part, PartState, TenantVirtualTime
from apps.jobs.publishing import is_broker_away
from tests.factories import AccountFactory, PlanFactory
from tests.factories_jobs import BELLA, announce, caller, engine_spec, finished, part_of, reread, started, submit, submit_many, work_off
from tests.jobs.observing import beat, together
from workers.contract.messages import PartMessage, SpeakWork
from workers.contract.outputs import OutputTarget
from workers.contract.references import Address


def states(job: Job) -> list[str]:
    return list(Part.objects.filter(job_id=job.uuid).order_by("index").values_list("state", flat=True))


def count_of(state: str) -> int:
    return Part.objects.filter(state=state).count()


def test_part_message_holds_everything_that_a_worker_needs(valkey: redis.Redis) -> None:
    announce()
    job = submit(caller(), "Hello.").job
    [raw] = valkey.lrange("engine.kokoro.normal", 0, -1)
    body = json.loads(__import__("base64").b64decode(json.loads(raw)["body"]))
    message = PartMessage.from_dict(body[0][0])
    part = part_of(job)
    folder = f"account-{job.account_id}/{job.uuid.hex}/0-{part.token.hex}"
    assert (message.job, message.part, message.token, message.kind) == (job.uuid.hex, 0, part.token.hex, "speak")
    assert (message.tenant, message.lane, message.stream) == (job.tenant, "normal", f"job:{job.uuid.hex}:events")
    assert message.manifest.location == f"{folder}/manifest.json"
    assert message.outputs == (
        OutputTarget("audio", "audio/mpeg", Address("folder", f"{folder}/audio.mp3")),
        OutputTarget("timings", "application/json", Address("folder", f"{folder}/timings.json"), is_optional=True),
    )
    assert SpeakWork.from_dict(message.work) == SpeakWork(engine="kokoro", voice=BELLA, text="Hello.", language="en-us")
    assert message.request_id == job.request_id != ""
    assert message.job_created_at == pytest.approx(job.created_at.timestamp(), abs=0.001)
    assert 590 < message.deadline_at - time.time() <= 600


def test_no_more_is_admitted_than_fits() -> None:
    announce(slots=3)
    submit_many(caller(), count=5)
    assert (count_of("admitted"), count_of("queued"), dispatch("kokoro")) == (3, 2, 0)
    finished(started(Part.objects.filter(state="admitted").first()))
    assert (count_of("admitted"), count_of("queued")) == (3, 1)


def test_submits_at_once_never_exceed_the_slots() -> None:
    announce(slots=3)
    callers = [caller() for _ in range(4)]
    together(lambda number: submit_many(callers[number], count=4), count=4)
    assert (count_of("admitted"), count_of("queued")) == (3, 13)
    work_off()
    assert count_of("done") == 16


def test_single_job_gets_a_slot_beside_two_hundred_of_another_account() -> None:
    announce(slots=2, hard=4)
    flood = caller(AccountFactory(credits=1000, plan=PlanFactory(concurrent_jobs=300)))
    submit_many(flood, count=200)
    assert count_of("admitted") == 2
    beat()  # on a loaded machine two hundred take longer than a silent worker counts as present
    single = submit(caller()).job
    assert part_of(single).state == PartState.ADMITTED
    submit(flood)
    assert count_of("admitted") == 3


def test_tenants_take_turns_by_weight() -> None:
    announce(slots=1)
    heavy = caller(AccountFactory(credits=1000, plan=PlanFactory(weight=3)))
    light = caller(AccountFactory(credits=1000, plan=PlanFactory(weight=1)))
    submit_many(heavy, count=12)
    submit_many(light, count=4)
    order = [part.tenant == light.tenant for part in work_off()]
    assert [sum(order[start : start + 4]) for start in (1, 5, 9)] == [1, 1, 1]
    assert TenantVirtualTime.objects.filter(queue="kokoro").count() == 3


def test_virtual_times_are_not_touched_while_everything_fits() -> None:
    announce(slots=4)
    submit(caller())
    submit(caller())
    assert count_of("admitted") == 2
    assert not TenantVirtualTime.objects.exists()


def test_a_tenants_oldest_job_goes_first_and_its_urgent_lane_before_all() -> None:
    by = caller()
    jobs = [submit(by, lane=lane).job for lane in ("bulk", "normal", "live", "normal", "live")]
    announce(slots=1)
    assert [jobs.index(part.job) for part in work_off()] == [2, 4, 1, 3, 0]


def test_later_parts_of_a_stream_follow_its_first_words() -> None:
    announce(slots=4)
    streamed, other = (submit(caller(), "Some words.", "More.", lane="live", is_streamed=listens).job for listens in (True, False))
    assert (states(streamed), states(other)) == (["admitted", "waiting", "waiting"], ["admitted", "admitted", "waiting"])
    beat(started(part_of(streamed)))
    assert states(streamed) == ["running", "waiting", "waiting"]
    beat(part_of(streamed), units_done=1)
    assert states(streamed) == ["running", "admitted", "waiting"]


def test_later_parts_of_a_stream_follow_a_first_part_that_ended_between_heartbeats() -> None:
    announce(slots=4)
    job = submit(caller(), "Some words.", "More.", lane="live", is_streamed=True).job
    finished(started(part_of(job)))
    assert states(job) == ["done", "admitted", "waiting"]
    work_off()
    work_off("codec")
    assert reread(job).state == "completed"


def test_first_parts_of_streams_take_no_slots_of_each_other() -> None:
    announce(slots=4)
    by = caller()
    jobs = [submit(by, "Some words.", "More.", lane="live", is_streamed=True).job for _ in range(4)]
    assert [states(job)[0] for job in jobs] == ["admitted"] * 4


def test_bulk_jobs_run_within_the_accounts_concurrency() -> None:
    announce(slots=8)
    by = caller(AccountFactory(credits=100, plan=PlanFactory(concurrent_jobs=2)))
    jobs = submit_many(by, count=4, lane="bulk")
    assert [states(job) for job in jobs] == [["admitted"], ["admitted"], ["queued"], ["queued"]]
    started(part_of(jobs[0]))
    assert dispatch("kokoro") == 0
    finished(part_of(jobs[0]))
    assert [reread(job).state for job in jobs] == ["completed", "queued", "queued", "queued"]
    assert [states(job) for job in jobs[1:]] == [["admitted"], ["admitted"], ["queued"]]


def test_a_long_job_uses_all_slots_and_counts_as_one() -> None:
    announce(slots=5)
    by = caller(AccountFactory(credits=100, plan=PlanFactory(concurrent_jobs=1)))
    long_job = submit(by, *["Some words."] * 5, lane="bulk").job
    assert states(long_job) == ["admitted"] * 4 + ["queued", "waiting"], "bulk leaves a quarter free"
    second = submit(by, lane="bulk").job
    work_off()
    assert (states(long_job)[:5], states(second)) == (["done"] * 5, ["queued"]), "the first still runs: its join is to come"
    work_off("codec")
    assert reread(long_job).state == "completed"
    assert dispatch_all() == 1
    assert states(second) == ["admitted"]


def test_a_part_that_waits_for_a_retry_does_not_hold_others_up() -> None:
    by = caller()
    first, second = submit_many(by, count=2)
    Part.objects.filter(job_id=first.uuid).update(not_before=first.created_at.replace(year=2999))
    announce(slots=1)
    assert (states(first), states(second)) == (["queued"], ["admitted"])


def test_parts_stay_queued_without_a_counted_attempt_while_the_broker_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise OperationalError("connection refused")

    announce()
    monkeypatch.setattr(publishing.current_app, "send_task", refuse)
    job = submit(caller()).job
    part = part_of(job)
    assert (part.state, part.attempts, part.token, is_broker_away()) == ("queued", 0, None, True)
    assert dispatch("kokoro") == 0
    monkeypatch.undo()
    publishing.forget_broker_state()
    Part.objects.update(not_before=part.not_before.replace(year=2020))
    assert dispatch("kokoro") == 1
    assert part_of(job).attempts == 1


def test_the_lock_of_a_queue_is_waited_for() -> None:
    announce(slots=4)
    by = caller()
    together(lambda number: submit(by), count=8)
    assert count_of("admitted") == 4


def test_dispatching_all_queues_skips_one_whose_lock_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [submit(caller(), queue=queue).job for queue in ("a-stuck", "kokoro")]
    announce(engine_spec("a-stuck"), engine_spec())
    Part.objects.update(state="queued", token=None)
    monkeypatch.setattr(dispatcher, "LOCK", dispatcher.LOCK.replace("5s", "50ms"))
    is_held, may_leave = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('dispatch:a-stuck', 0))")
            is_held.set()
            may_leave.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(30)
    assert dispatch_all() == 1
    may_leave.set()
    holder.join()
    assert [part_of(job).state for job in jobs] == ["queued", "admitted"]


def fill(*, tenants: int, jobs_each: int) -> None:
    """Create a backlog directly, bypassing the services."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO jobs_job (uuid, tenant, is_internal, kind, engine_id, queue, lane, state, params, part_count, units,
                price_millicredits, reserved_millicredits, charged_millicredits, concurrency_limit, weight, output_format, request_id,
                error_code, error_message, created_at, webhook_url, has_webhooks, public_base)
            SELECT gen_random_uuid(), 'account:' || tenant, false, 'speech', 'kokoro', 'kokoro', 'normal', 'queued', '{}', 1, 10,
                0, 0, 0, 5, 1, 'mp3', '', '', '', now(), '', true, ''
            FROM generate_series(1, %s) AS tenant, generate_series(1, %s)
            """,
            [tenants, jobs_each],
        )
        cursor.execute(
            """
            INSERT INTO jobs_part (job_id, index, kind, state, work, outputs, tenant, queue, lane, is_internal, opens_job, units, units_done,
                worker, boot, attempts, error_code, stage)
            SELECT uuid, 0, 'speak', 'queued', '{}', '[]', tenant, queue, lane, false, true, 10, 0, '', '', 0, '', 0 FROM jobs_job
            """
        )
        cursor.execute("ANALYZE jobs_job, jobs_part")


def buffers_of_candidates() -> int:
    """Buffers read by the statement of the candidates, a cost measure independent of the machine's load."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {WAITING}", {"queue": "kokoro", "limit": 8})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on jobs_part" not in plan, plan
    assert "Seq Scan on jobs_job" not in plan, plan
    hit, read = re.search(r"shared hit=(\d+)(?: read=(\d+))?", plan).groups()  # type: ignore[union-attr]
    return int(hit) + int(read or 0)


@pytest.mark.prove
def test_a_backlog_of_200_000_parts_costs_what_one_of_2_000_does() -> None:
    fill(tenants=20, jobs_each=100)
    short = buffers_of_candidates()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_job CASCADE")
    fill(tenants=20, jobs_each=10_000)
    long = buffers_of_candidates()
    assert Part.objects.count() == 200_000
    assert long < 2 * short
    announce(slots=4)
    assert count_of("admitted") == 4


def test_dispatch_executes_a_bounded_number_of_statements() -> None:
    announce(slots=4, hard=6)
    submit_many(caller(), count=8)
    with CaptureQueriesContext(connection) as queries:
        assert dispatch("kokoro") == 0
    assert [query["sql"].split()[0] for query in queries] == ["BEGIN", "SELECT", "SELECT", "WITH", "COMMIT"]
    assert dispatcher.PICKUP_SECONDS == 10.0
