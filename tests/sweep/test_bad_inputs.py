"""Invalid input of every kind: JSON errors below 500 within SECONDS, without side effects."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.flows.running import RunningPlatform
from tests.sweep import clonyvoice_cases, form_cases, json_cases, odd_cases
from tests.sweep.bad import SECONDS, Bad, check_answer
from tests.walking import walk


@pytest.fixture(scope="module")
def client(swept: RunningPlatform) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=swept.url, timeout=SECONDS) as client:
        yield client


def ask(client: httpx.Client, bad: Bad, *, key: str) -> httpx.Response:
    headers: dict[str, Any] = {"Authorization": f"Bearer {key}", **bad.headers} if bad.has_key else dict(bad.headers)
    if bad.content is not None:
        headers.setdefault("Content-Type", "application/json")
    return client.request(bad.method, bad.path, json=bad.json, content=bad.content, files=bad.files, data=bad.data, headers=headers)


def check(bad: Bad, *, client: httpx.Client, key: str) -> None:
    answer = ask(client, bad, key=key)
    error = check_answer(
        status=answer.status_code,
        headers=answer.headers,
        body=answer.content,
        sent=f"{bad.path} {bad.json} {bad.headers}",
        path=bad.path.partition("?")[0],
    )
    if bad.status:
        assert answer.status_code == bad.status, error
    if bad.code:
        assert error["code"] == bad.code


@pytest.mark.parametrize(("module", "at_least"), [(json_cases, 734), (form_cases, 763), (odd_cases, 87), (clonyvoice_cases, 108)])
def test_invalid_requests_are_clear_client_errors_without_side_effects(
    client: httpx.Client, key: str, module: ModuleType, at_least: int
) -> None:
    walk(module.CASES, lambda bad: check(bad, client=client, key=key), at_least=at_least)


@pytest.mark.prove
def test_every_route_refuses_every_strange_form(client: httpx.Client, key: str) -> None:
    walk(form_cases.OTHER_TURNS, lambda bad: check(bad, client=client, key=key), at_least=650)


def test_valid_request_after_invalid_ones_is_served(client: httpx.Client, key: str) -> None:
    good = {"model": "silence", "voice": "quiet", "input": "All is well."}
    answer = client.post("/v1/audio/speech", json=good, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")


def test_the_platform_logged_no_error(swept: RunningPlatform) -> None:
    log = swept.log.read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log
    assert " a bug" not in log
