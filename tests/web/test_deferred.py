"""Deferred responses: they wait and stream without a thread, and notice a disconnect."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import httpx
import pytest
import redis

from apps.core.events import end_event, publish_event
from apps.jobs.models import Job
from tests.web import urls
from tests.web.shell import RunningShell, wait_for_waiters


def ended_job(state: str = "completed") -> Job:
    return Job.objects.create(tenant="test", kind="tts", queue="kokoro", lane="normal", state=state, concurrency_limit=1)


def until(condition: object, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_a_waiting_answer_is_woken_by_the_jobs_end(shell: RunningShell, valkey: redis.Redis) -> None:
    job = uuid4()  # it has no row: the poll of rows never finds its end
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.get, f"{shell.url}/v1/wait/{job}", timeout=20)
        wait_for_waiters(valkey, 1)
        publish_event(job, {"type": "progress", "units_done": 1})
        publish_event(job, end_event(job, status="completed"))
        body = answer.result()
    assert body.json() == {"end": {"type": "end", "status": "completed", "job": job.hex}, "others": 0}
    assert (body.headers["x-from-view"], body.headers["x-own"]) == ("yes", "1")
    assert "x-request-id" in body.headers


def test_an_end_that_was_before_the_wait_is_seen(shell: RunningShell) -> None:
    job = uuid4()
    publish_event(job, end_event(job, status="failed"))
    assert httpx.get(f"{shell.url}/v1/wait/{job}").json()["end"]["status"] == "failed"


def test_an_end_whose_event_was_lost_is_found_in_the_row(shell: RunningShell) -> None:
    job = ended_job("cancelled")
    assert httpx.get(f"{shell.url}/v1/wait/{job.uuid}", timeout=20).json()["end"]["status"] == "cancelled"


def test_a_wait_ends_with_its_time(shell: RunningShell) -> None:
    assert httpx.get(f"{shell.url}/v1/wait/{uuid4()}?seconds=0.3").json()["end"] is None


def test_waiting_answers_hold_no_thread_and_no_connection(shell: RunningShell, valkey: redis.Redis) -> None:
    jobs = [uuid4() for _ in range(32)]  # eight times as many as there are threads
    with ThreadPoolExecutor(32) as pool:
        answers = [pool.submit(httpx.get, f"{shell.url}/v1/wait/{job}", timeout=30) for job in jobs]
        wait_for_waiters(valkey, 32)
        with httpx.Client() as client:
            client.get(f"{shell.url}/v1/threads")
            for _ in range(20):
                assert client.get(f"{shell.url}/v1/threads").status_code == 200
        assert not any(answer.done() for answer in answers)
        for job in jobs:
            publish_event(job, end_event(job, status="completed"))
        assert {answer.result().json()["end"]["job"] for answer in answers} == {job.hex for job in jobs}


def test_many_may_wait_for_one_job_and_each_counts_the_others(shell: RunningShell) -> None:
    job = uuid4()
    with ThreadPoolExecutor(3) as pool:
        short = [pool.submit(httpx.get, f"{shell.url}/v1/wait/{job}?seconds=0.5", timeout=20)]
        long = [pool.submit(httpx.get, f"{shell.url}/v1/wait/{job}", timeout=20) for _ in range(2)]
        assert short[0].result().json() == {"end": None, "others": 2}
        publish_event(job, end_event(job, status="completed"))
        assert [answer.result().json()["end"]["status"] for answer in long] == ["completed", "completed"]


def test_a_client_that_leaves_is_noticed(shell: RunningShell) -> None:
    job = str(uuid4())
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{shell.url}/v1/wait/{job}", timeout=0.3)
    until(lambda: job in urls.LEFT)


def test_events_stream_in_order_and_end_with_the_job(shell: RunningShell) -> None:
    job = uuid4()
    publish_event(job, {"type": "one"})
    with httpx.stream("GET", f"{shell.url}/v1/events/{job}", timeout=10) as answer:
        lines = answer.iter_lines()
        assert next(lines).endswith(" one")
        publish_event(job, {"type": "two"})
        assert next(lines).endswith(" two")
        publish_event(job, end_event(job, status="completed"))
        assert [line.split()[1] for line in lines] == ["end"]


def test_events_resume_behind_the_last_one_seen(shell: RunningShell) -> None:
    job = uuid4()
    for kind in ("one", "two", "end"):
        publish_event(job, {"type": kind})
    first = httpx.get(f"{shell.url}/v1/events/{job}").text.splitlines()
    assert [line.split()[1] for line in first] == ["one", "two", "end"]
    again = httpx.get(f"{shell.url}/v1/events/{job}", headers={"Last-Event-ID": first[0].split()[0]}).text.splitlines()
    assert again == first[1:]
    assert httpx.get(f"{shell.url}/v1/events/{job}", headers={"Last-Event-ID": "nonsense"}).text.splitlines() == first


def test_a_listener_that_leaves_a_stream_is_noticed(shell: RunningShell) -> None:
    job = uuid4()
    publish_event(job, {"type": "one"})
    with httpx.stream("GET", f"{shell.url}/v1/events/{job}", timeout=10) as answer:
        next(answer.iter_lines())
    until(lambda: not shell.application._hub._streams)  # type: ignore[union-attr]


def test_late_subscriber_gets_all_events_without_disturbing_others(shell: RunningShell) -> None:
    job = uuid4()
    for number in range(50):
        publish_event(job, {"type": f"early-{number}"})
    with httpx.stream("GET", f"{shell.url}/v1/events/{job}", timeout=10) as first:
        lines = first.iter_lines()
        seen = [next(lines).split()[1] for _ in range(50)]
        with ThreadPoolExecutor(4) as pool:
            late = [pool.submit(httpx.get, f"{shell.url}/v1/events/{job}", timeout=10) for _ in range(4)]
            for number in range(50):
                publish_event(job, {"type": f"late-{number}"})
            publish_event(job, end_event(job, status="completed"))
            seen += [line.split()[1] for line in lines]
            wanted = [f"early-{number}" for number in range(50)] + [f"late-{number}" for number in range(50)] + ["end"]
            assert seen == wanted
            for answer in late:
                assert [line.split()[1] for line in answer.result().text.splitlines()] == wanted


def test_slow_subscriber_misses_no_event(shell: RunningShell, monkeypatch: pytest.MonkeyPatch) -> None:
    from ttsai.web import hub

    monkeypatch.setattr(hub, "BACKLOG", 5)
    job = uuid4()
    for number in range(300):
        publish_event(job, {"type": str(number)})
    publish_event(job, end_event(job, status="completed"))
    lines = httpx.get(f"{shell.url}/v1/events/{job}", timeout=20).text.splitlines()
    assert [line.split()[1] for line in lines] == [*(str(number) for number in range(300)), "end"]


def test_waiting_requests_are_answered_before_the_process_stops(shell: RunningShell, valkey: redis.Redis) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.get, f"{shell.url}/v1/wait/{uuid4()}", timeout=20)
        wait_for_waiters(valkey, 1)
        shell.start_graceful_stop()
        assert answer.result(timeout=3).json()["end"] is None


def cut_connections(valkey: redis.Redis) -> None:
    """Close all connections to this test's database; the server is shared with concurrent tests."""
    own = valkey.client_info()
    for client in valkey.client_list(_type="normal"):
        if client["db"] == str(own["db"]) and client["id"] != str(own["id"]):
            valkey.client_kill_filter(_id=client["id"])


def is_read(valkey: redis.Redis) -> bool:
    """True if a connection to this test's database waits for entries of streams, as the hub's reader does."""
    own = str(valkey.client_info()["db"])
    return any(client["db"] == own and client["cmd"] == "xread" for client in valkey.client_list(_type="normal"))


def test_the_hub_outlives_lost_connections_to_valkey(shell: RunningShell, valkey: redis.Redis) -> None:
    job = uuid4()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.get, f"{shell.url}/v1/wait/{job}", timeout=20)
        wait_for_waiters(valkey, 1)
        until(lambda: is_read(valkey))
        cut_connections(valkey)
        until(lambda: is_read(valkey))
        publish_event(job, end_event(job, status="completed"))
        assert answer.result(timeout=5).json()["end"]["status"] == "completed"


def test_a_broken_event_is_passed_over(shell: RunningShell, valkey: redis.Redis) -> None:
    job = uuid4()
    valkey.xadd(f"job:{job.hex}:events", {"data": b"not json"})
    valkey.xadd(f"job:{job.hex}:events", {"other": b"1"})
    publish_event(UUID(job.hex), end_event(job, status="completed"))
    assert [line.split()[1] for line in httpx.get(f"{shell.url}/v1/events/{job}").text.splitlines()] == ["end"]
