"""POST /v1/stt/ with `stream`: the transcript is sent while it is made, by a worker whose words the tests write."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from apps.jobs import waiting
from apps.jobs.models import Job
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import outcome_of, started
from tests.flows.following import wait_until
from tests.speech.people import Person
from tests.transcription.conftest import hearing, wait_until_admitted
from tests.transcription.streaming import begun_stream, events_of
from tests.web.shell import RunningShell

WORDS = [{"word": "Hello", "start": 0.1, "end": 0.4, "probability": 0.9}, {"word": "there.", "start": 0.5, "end": 0.9, "probability": 0.8}]


def test_text_arrives_before_the_recording_is_transcribed(server: RunningShell, owner: Person, song: bytes) -> None:
    with begun_stream(server, owner, song, timestamps="true") as begun:
        assert begun.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert begun.response.headers["cache-control"] == "no-store, no-transform"
        assert begun.response.headers["x-job-id"] == begun.part.job_id.hex
        events = begun.events()
        segment = {"start": 0.1, "end": 0.9, "text": "Hello there.", "words": WORDS}
        delta = {"type": "transcript.text.delta", "delta": "Hello there.", "segments": [segment]}
        assert next(events) == ("transcript.text.delta", delta)
        assert Job.objects.get().state == "running"
        begun.finish()
        [(name, done)] = list(events)
    assert name == done["type"] == "transcript.text.done"
    assert {"text", "language", "duration", "segments", "uuid", "credits_used"} <= set(done)
    assert (done["text"], done["credits_used"]) == ("Hello there.", 0.067)


def test_segments_of_a_stream_have_words_only_if_asked_for(server: RunningShell, owner: Person, song: bytes) -> None:
    with begun_stream(server, owner, song) as begun:
        _, delta = next(begun.events())
    assert delta["segments"] == [{"start": 0.1, "end": 0.9, "text": "Hello there."}]


def test_failure_after_the_first_text_is_the_last_event(server: RunningShell, owner: Person, song: bytes) -> None:
    with begun_stream(server, owner, song) as begun:
        events = begun.events()
        next(events)
        begun.fail()
        [(name, data)] = list(events)
    assert (name, data["error"]["code"], data["error"]["message"]) == ("error", "internal_error", "The model failed.")
    assert owner.millicredits == 1_000_000


def test_failure_before_the_first_text_is_an_ordinary_error(server: RunningShell, owner: Person, song: bytes) -> None:
    files: Any = {"file": ("a.mp3", song)}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.post, f"{server.url}/v1/stt/", files=files, data={"stream": "1"}, headers=owner.headers, timeout=60)
        part = started(wait_until_admitted())
        finish_part(outcome_of(part, status="failed", error_code="bad_audio", error_message="The file is damaged."))
        refused = answer.result()
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_audio")


@pytest.mark.parametrize("piece_seconds", [1, 120])
def test_transcript_whose_events_were_lost_is_streamed_at_the_end(
    server: RunningShell, owner: Person, song: bytes, settings: Any, piece_seconds: int
) -> None:
    settings.TTSAI_PIECE_SECONDS = piece_seconds
    body = {"files": {"file": ("a.mp3", song)}, "data": {"stream": "1"}, "headers": owner.headers, "timeout": 60}
    with hearing(), httpx.stream("POST", f"{server.url}/v1/stt/", **body) as answer:
        delta, done = [data for _, data in events_of(answer)]
    assert (delta["delta"], done["text"]) == ("Hello there.", "Hello there.")


def test_listener_that_leaves_a_stream_ends_the_work(
    server: RunningShell, owner: Person, song: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "RECONNECT_GRACE_SECONDS", 0.1)
    with begun_stream(server, owner, song) as begun:
        next(begun.events())
    wait_until(lambda: Job.objects.get().cancel_requested_at is not None)


def test_listener_with_an_idempotency_key_may_come_back_for_the_whole_stream(server: RunningShell, owner: Person, song: bytes) -> None:
    headers = {**owner.headers, "Idempotency-Key": "again"}
    body: Any = {"files": {"file": ("a.mp3", song)}, "data": {"stream": "1"}, "headers": headers, "timeout": 60}
    streams = []
    for _ in range(2):
        with hearing(), httpx.stream("POST", f"{server.url}/v1/stt/", **body) as answer:
            streams.append([data for _, data in events_of(answer)])
    assert streams[0] == streams[1]
    assert (Job.objects.count(), owner.millicredits) == (1, 1_000_000 - 67)
