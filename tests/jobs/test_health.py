"""Platform health: its report, and its behaviour while a server is away or hangs."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from apps.core import valkey as valkey_module
from apps.jobs.health import CHECK_SECONDS, _Check, monitor
from tests.factories import AccountFactory, bearer
from tests.factories_jobs import announce, caller, submit
from tests.jobs.observing import together
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_monitor() -> Iterator[None]:
    monitor.forget()
    yield
    monitor.read()  # no check is left running when the test's database is cleared
    monitor.forget()


def test_health_of_a_working_platform_is_online_and_counts_queued_jobs(client: Client, django_assert_num_queries: Any) -> None:
    announce()
    submit(caller(AccountFactory(credits=100)), queue="nobody")
    answer = client.get("/v1/health/")
    body = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=30")
    assert (body["status"], body["queue_size"], body["models_loaded"], body["away"]) == ("online", 1, [], [])
    assert 1 <= body["latency_ms"] < 1000 * CHECK_SECONDS


def test_health_needs_no_key_and_ignores_an_invalid_one(client: Client) -> None:
    announce()
    assert client.get("/api/v1/health", headers=bearer("sk-tts-wrong")).json()["status"] == "online"


def test_health_without_a_live_worker_is_degraded(client: Client) -> None:
    answer = client.get("/v1/health/")
    assert (answer.json()["status"], answer.json()["away"]) == ("degraded", ["workers"])
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_names_every_part_that_is_away(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    announce()
    unreachable = redis.Redis(port=free_port(), socket_connect_timeout=1)
    monkeypatch.setattr("apps.jobs.health.client", lambda: unreachable)
    settings.TTSAI_DISK_RESERVE_BYTES = 1 << 60
    assert monitor.read().away == ("broker", "disk")
    assert valkey_module.client().ping()


def test_health_asked_by_many_at_once_is_checked_once_for_all() -> None:
    announce()
    assert len({id(health) for health in together(lambda number: monitor.read(), count=8)}) == 1


def test_a_check_that_hangs_keeps_one_thread_however_often_it_is_started() -> None:
    release = threading.Event()
    check = _Check("hanging", release.wait)
    results = {id(check.start()) for _ in range(20)}
    assert len(results) == 1
    assert [thread.name for thread in threading.enumerate()].count("health-hanging") == 1
    release.set()
    assert check.start().result(timeout=60) is True


def test_health_is_checked_anew_after_a_thread_could_not_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    announce()
    check = _Check("refused", lambda: True)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for begin in (monitor.ask, check.start):
            with pytest.raises(RuntimeError, match="new thread"):
                begin()
    assert (monitor.ask().result(timeout=60).status, check.start().result(timeout=60)) == ("online", True)
