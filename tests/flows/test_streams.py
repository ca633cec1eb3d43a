"""Streams of speech on a running platform: real audio, killed processes, listeners that leave."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.flows.following import entries_of, parts_of, wait_for_end, wait_until
from tests.flows.listening import Listener as Ear
from tests.flows.running import RunningPlatform
from tests.streaming.listeners import Listen, listeners

TEXT = "Good morning, dear listener, and welcome. The first train leaves before sunrise, and the last one returns after midnight."
EVENTS = "/v1/tts/stream/"

pytestmark = pytest.mark.prove  # half a minute on the platform that tests may harm


def long_text(name: str) -> str:
    """Text of several parts of slow silence, which no other test's request has in the cache."""
    return " ".join(f"This is sentence number {number} of a job that {name} will interrupt." for number in range(40))


@pytest.fixture
def listen(harmed: RunningPlatform) -> Iterator[Listen]:
    key = harmed.key("listener@example.com", credits_=100)
    with listeners(harmed.url, key, model="silence", format="pcm", stream=True) as start:
        yield start


def words_in(body: bytes) -> list[str]:
    """Words of all audio events."""
    entries = [dict(line.split(": ", 1) for line in entry.splitlines() if line[:1] != ":") for entry in body.decode().split("\n\n")]
    return [word["word"] for entry in entries if entry.get("event") == "audio" for word in json.loads(entry["data"])["words"]]


def result_of(harmed: RunningPlatform, response: httpx.Response) -> dict[str, Any]:
    with harmed.client() as client:
        return wait_for_end(client, response.headers["x-job-id"])


def test_stream_is_heard_as_its_text_and_equals_the_stored_file(platform: RunningPlatform, listener: Ear) -> None:
    with platform.client(platform.key("stream@example.com")) as client:
        body = {"text": TEXT, "voice": "af_bella", "format": "wav", "stream": True}
        with client.stream("POST", "/v1/tts/", json=body, headers={"Cache-Control": "no-store"}) as response:
            streamed = response.read()
        stored = client.get(wait_for_end(client, response.headers["x-job-id"])["url"]).content
    assert streamed[44:] == stored[44:]
    assert listener.word_error_rate(stored, TEXT) <= 0.1


@pytest.mark.parametrize("part", ["engine", "valkey"])
def test_stream_continues_after_a_killed_process_without_a_word_lost_or_doubled(part: str, harmed: RunningPlatform, listen: Listen) -> None:
    text = long_text(f"a killed {part}")
    listener = listen({"text": text}, path=EVENTS)
    listener.wait_for(1)
    harmed.kill(part)
    words = words_in(listener.finish())
    assert words == text.split()
    assert result_of(harmed, listener.response)["status"] == "completed"
    harmed.wait_until_ready()


def test_killed_web_process_breaks_the_stream_and_the_job_continues(harmed: RunningPlatform, listen: Listen) -> None:
    listener = listen({"text": long_text("a killed web process")})
    listener.wait_for(1)
    harmed.kill("web")
    listener.finish()
    assert listener.error is not None
    harmed.wait_until_ready()
    result = result_of(harmed, listener.response)
    assert (result["status"], httpx.get(result["url"]).status_code) == ("completed", 200)


def test_listener_that_leaves_stops_the_workers_and_pays_for_what_it_got(harmed: RunningPlatform, listen: Listen) -> None:
    listener = listen({"text": long_text("its listener")})
    listener.wait_for(1)
    listener.close()
    uuid = listener.response.headers["x-job-id"]
    assert result_of(harmed, listener.response)["status"] == "cancelled"
    wait_until(lambda: not {"queued", "admitted", "running"} & {state for _, state, _ in parts_of(harmed, uuid)})
    booked = entries_of(harmed, uuid)
    assert 0 < -booked["charge"] < -booked["reservation"] / 2
