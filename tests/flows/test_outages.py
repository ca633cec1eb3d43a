"""Servers that hang: requests are answered in bounded time, and everything recovers when the server does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
import redis

from tests.flows.disks import filled, is_small
from tests.flows.following import entries_of, parts_of, wait_for_end, wait_until
from tests.flows.running import RunningPlatform

BOUND_SECONDS = 20.0
"""Statement limit of this platform (5 s), a second of grace, and a margin for a busy machine."""
HEALTH_THREADS = 5
"""One thread that runs the checks, and one for each of four."""
PROBING_THREADS = 2
LONG_TEXT = " ".join(f"This is sentence number {number} of a job that does no harm." for number in range(20))


@pytest.fixture(scope="module")
def client(harmed: RunningPlatform) -> Iterator[httpx.Client]:
    with harmed.client(harmed.key("outages@example.com", credits_=100)) as client:
        yield client


def test_requests_to_a_frozen_postgres_get_503_and_succeed_once_it_runs_again(harmed: RunningPlatform, client: httpx.Client) -> None:
    web = psutil.Process(harmed.pids("web")[0])
    with ThreadPoolExecutor(16) as pool:
        assert {status for status, _ in pool.map(lambda _: _account(client), range(16))} == {200}  # every thread of Django's exists
        threads = web.num_threads() + HEALTH_THREADS + PROBING_THREADS
        with harmed.frozen("postgres"):
            assert set(pool.map(lambda _: _account(client), range(40))) == {(503, True)}
            health = [httpx.get(f"{harmed.url}/v1/health/", timeout=BOUND_SECONDS) for _ in range(20)]
            assert {answer.status_code for answer in health} == {200}
            assert {(answer.json()["status"], answer.json()["away"][0]) for answer in health} == {("degraded", "database")}
            wait_until(lambda: _lacks(harmed, "database"))
            assert httpx.get(f"{harmed.url}/livez", timeout=BOUND_SECONDS).status_code == 200
            assert web.num_threads() <= threads
    wait_until(lambda: _account(client)[0] == 200)
    harmed.wait_until_ready()
    uuid = client.post("/v1/tts/", json={"model": "silence", "text": "Hello again.", "format": "wav"}).json()["uuid"]
    assert wait_for_end(client, uuid)["status"] == "completed"


def test_a_job_accepted_while_valkey_is_frozen_is_done_and_charged_once_afterwards(harmed: RunningPlatform, client: httpx.Client) -> None:
    with harmed.frozen("valkey"):
        answer = client.post("/v1/tts/", json={"model": "silence", "text": "Wait for me.", "format": "wav"}, timeout=BOUND_SECONDS)
        assert answer.status_code == 200, answer.text
        wait_until(lambda: _lacks(harmed, "broker"))
    uuid = answer.json()["uuid"]
    assert wait_for_end(client, uuid)["status"] == "completed"
    assert sorted(entries_of(harmed, uuid)) == ["charge", "release", "reservation"]
    harmed.wait_until_ready()


def test_text_that_kills_the_engine_fails_alone_and_is_refunded(harmed: RunningPlatform, client: httpx.Client) -> None:
    web, before = harmed.pids("web"), client.get("/v1/account/").json()["credits"]
    innocents = [_speak(client, f"Text {number}. {LONG_TEXT}") for number in range(2)]
    wait_until(lambda: ("speak", "running", 1) in parts_of(harmed, innocents[0]))
    poison = _speak(client, "Please [die] now.")
    assert wait_for_end(client, poison)["status"] == "failed"
    assert parts_of(harmed, poison) == [("speak", "failed", 3)]
    assert {wait_for_end(client, uuid)["status"] for uuid in innocents} == {"completed"}
    assert max(attempts for uuid in innocents for _, _, attempts in parts_of(harmed, uuid)) <= 2
    spent = sum(client.get(f"/v1/jobs/{uuid}/").json()["credits_used"] for uuid in innocents)
    assert before - client.get("/v1/account/").json()["credits"] == pytest.approx(spent)
    assert harmed.pids("web") == web
    harmed.wait_until_ready()


def test_job_in_flight_survives_a_store_outage_without_a_counted_attempt(harmed: RunningPlatform, client: httpx.Client) -> None:
    objects, away = harmed.home / "objects", harmed.home / "objects.away"
    failures = harmed.log.read_text().count("storage_failed")
    uuid = _speak(client, LONG_TEXT)
    wait_until(lambda: ("speak", "running", 1) in parts_of(harmed, uuid))
    objects.rename(away)
    try:
        wait_until(lambda: harmed.log.read_text().count("storage_failed") >= failures + 2)
        wait_until(lambda: _lacks(harmed, "store"))
    finally:
        away.rename(objects)
    assert wait_for_end(client, uuid)["status"] == "completed"
    assert {(state, attempts) for _, state, attempts in parts_of(harmed, uuid)} == {("done", 1)}
    harmed.wait_until_ready()


def test_a_full_disk_pauses_admission_and_service_returns_with_the_space(harmed: RunningPlatform, client: httpx.Client) -> None:
    if not is_small(harmed.home):
        pytest.skip("mounting a small disk takes root's rights")
    servers = [*harmed.pids("web"), harmed.process.pid if harmed.process else 0]
    unfinished = harmed.home / "objects" / ".unfinished"
    before = set(unfinished.glob("*"))  # of workers that other tests killed
    uuid = _speak(client, f"In flight. {LONG_TEXT}")
    wait_until(lambda: ("speak", "running", 1) in parts_of(harmed, uuid))
    with filled(harmed.home):
        answer = client.post("/v1/tts/", json={"model": "silence", "text": "No room.", "format": "wav"}, timeout=BOUND_SECONDS)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True), answer.text
        wait_until(lambda: _lacks(harmed, "disk"))
        wait_until(lambda: not _takes_writes(harmed))
    harmed.wait_until_ready()
    assert wait_for_end(client, uuid)["status"] == "completed"
    assert sorted(entries_of(harmed, uuid)) == ["charge", "release", "reservation"]
    again = wait_for_end(client, _speak(client, "There is room again."))
    assert httpx.get(again["result_url"]).content[:4] == b"RIFF"
    assert [*harmed.pids("web"), harmed.process.pid if harmed.process else 0] == servers
    assert set(unfinished.glob("*")) <= before, "a write that failed leaves nothing behind"


def _lacks(platform: RunningPlatform, part: str) -> bool:
    """True if readiness reports the part as lacking; its last check may be two seconds old."""
    answer = httpx.get(f"{platform.url}/readyz", timeout=BOUND_SECONDS)
    return answer.status_code == 503 and part in answer.json()["lacking"]


def _takes_writes(platform: RunningPlatform) -> bool:
    """True if Valkey accepts writes; once its file cannot grow it answers MISCONF, to PING too."""
    with redis.Redis.from_url(platform.instance()["redis_url"]) as valkey:
        try:
            return bool(valkey.ping())
        except redis.ResponseError:
            return False


def _speak(client: httpx.Client, text: str) -> str:
    """Submit a job that speaks a text."""
    answer = client.post("/v1/tts/", json={"model": "silence", "text": text, "format": "wav"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["uuid"])


def _account(client: httpx.Client) -> tuple[int, bool]:
    """Status of a request, and True if it has Retry-After."""
    answer = client.get("/v1/account/", timeout=BOUND_SECONDS)
    return answer.status_code, "retry-after" in answer.headers
