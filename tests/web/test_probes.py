"""Probes: answered by the shell itself, also while all of Django's threads are busy."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.accounts.models import Plan
from apps.jobs.health import monitor
from tests.factories_jobs import announce
from tests.flows.following import wait_until
from tests.web.shell import RunningShell


@pytest.fixture(autouse=True)
def _fresh_monitor() -> Iterator[None]:
    monitor.forget()
    yield
    monitor.read()
    monitor.forget()


def test_readiness_with_a_live_worker_is_200_and_lacks_nothing(shell: RunningShell) -> None:
    announce()
    answer = httpx.get(f"{shell.url}/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "lacking": []})
    assert answer.headers["cache-control"] == "no-store"


def test_readiness_without_a_worker_is_a_503_that_names_it(shell: RunningShell) -> None:
    answer = httpx.get(f"{shell.url}/readyz/")
    assert (answer.status_code, answer.json()) == (503, {"status": "not_ready", "lacking": ["workers"]})
    assert answer.headers["retry-after"] == "2"


def test_readiness_of_a_stopping_process_reports_draining(shell: RunningShell) -> None:
    announce()
    shell.start_graceful_stop()
    wait_until(lambda: httpx.get(f"{shell.url}/readyz").json()["lacking"] == ["draining"])
    assert httpx.get(f"{shell.url}/livez").status_code == 200


def test_readiness_below_the_disk_reserve_is_503(shell: RunningShell, settings: Any) -> None:
    announce()
    settings.TTSAI_DISK_RESERVE_BYTES = 1 << 60
    assert httpx.get(f"{shell.url}/readyz").json()["lacking"] == ["disk"]


@pytest.mark.parametrize("path", ["/livez", "/livez/", "/readyz", "/v1/health", "/api/v1/health/"])
def test_probes_need_no_anonymous_plan_and_carry_the_common_headers(shell: RunningShell, path: str) -> None:
    announce()
    Plan.objects.all().delete()
    answer = httpx.get(f"{shell.url}{path}", headers={"Authorization": "Bearer wrong", "X-Request-Id": "mine-1"})
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] == "mine-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(answer.headers)
    head = httpx.head(f"{shell.url}{path}")
    assert (head.status_code, head.content) == (200, b"")


def test_a_probe_with_another_method_is_405(shell: RunningShell) -> None:
    answer = httpx.post(f"{shell.url}/livez", content=b"x")
    assert (answer.status_code, answer.headers["allow"], answer.json()["error"]["code"]) == (405, "GET, HEAD", "method_not_allowed")
