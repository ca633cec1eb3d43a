"""POST /v1/tts/stream/: audio as server-sent events."""

import base64
import json
from typing import Any

import redis

from apps.jobs.models import Job
from tests.factories_jobs import reread
from tests.flows.following import wait_until
from tests.streaming.listeners import Listen
from tests.streaming.speaking import PartSpeaker, admitted_part, only_job, pcm_of

PATH = "/v1/tts/stream/"
TEXT = "One. Two. Three."


def events_in(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of every event; comments are left out."""
    entries = [dict(line.split(": ", 1) for line in entry.splitlines() if line[:1] != ":") for entry in body.decode().split("\n\n")]
    return [(entry["event"], json.loads(entry["data"])) for entry in entries if entry]


def test_events_bring_each_sentence_with_its_words_and_then_the_result(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": TEXT, "format": "wav"}, path=PATH)
    PartSpeaker(valkey, admitted_part(only_job())).say(1, 2, is_last=True).finish()
    *audio, (last, done) = events_in(listener.finish())
    job = Job.objects.get()
    assert [(kind, data["index"], data["format"], data["sample_rate"]) for kind, data in audio] == [
        ("audio", index, "wav", 24_000) for index in range(3)
    ]
    assert b"".join(base64.b64decode(data["audio"]) for _, data in audio)[44:] == pcm_of(1, 2)
    assert [data["words"] for _, data in audio] == [
        [{"word": "w1", "start": 0.0, "end": 0.25}], [{"word": "w2", "start": 0.5, "end": 0.75}], [],
    ]  # fmt: skip
    assert (last, done.pop("url").endswith(f"/static/downloads/{job.uuid.hex}/output.wav")) == ("done", True)
    assert done == {
        "uuid": job.uuid.hex, "job_id": str(job.uuid), "status": "completed", "duration": 1.1,
        "credits_used": job.charged_millicredits / 1000, "credits_remaining": job.balance_after_millicredits / 1000,
    }  # fmt: skip
    headers = listener.response.headers
    assert (headers["content-type"], headers["cache-control"]) == ("text/event-stream; charset=utf-8", "no-store, no-transform")
    assert (headers["x-accel-buffering"], headers["x-job-id"]) == ("no", job.uuid.hex)


def test_events_in_another_format_leave_the_format_of_the_file(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": TEXT, "format": "mp3", "bitrate": 64, "stream_format": "wav"}, path=PATH)
    PartSpeaker(valkey, admitted_part(only_job())).say(1, 2, is_last=True).finish()
    *audio, (_, done) = events_in(listener.finish())
    assert {data["format"] for _, data in audio} == {"wav"}
    assert b"".join(base64.b64decode(data["audio"]) for _, data in audio)[44:] == pcm_of(1, 2)
    assert (done["url"].endswith("/output.mp3"), Job.objects.get().output_format) == (True, "mp3")


def test_failure_in_mid_stream_is_an_error_event(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": TEXT}, path=PATH)
    speaker = PartSpeaker(valkey, admitted_part(only_job())).say(1)
    listener.wait_for(1)
    PartSpeaker.fail(speaker.part, code="engine_unavailable")
    (first, _), (last, error) = events_in(listener.finish())
    assert (first, last, error["error"]["code"], error["error"]["type"]) == ("audio", "error", "engine_unavailable", "server_error")
    assert error["uuid"] == Job.objects.get().uuid.hex


def test_failure_before_the_first_sound_is_a_plain_error(listening: Listen) -> None:
    listener = listening({"text": TEXT}, path=PATH)
    PartSpeaker.fail(admitted_part(only_job()), code="nothing_to_say")
    assert json.loads(listener.finish())["error"]["code"] == "nothing_to_say"
    assert listener.response.status_code == 400


def test_repeated_request_of_a_finished_job_is_read_from_its_file(listening: Listen, valkey: redis.Redis) -> None:
    first = listening({"text": TEXT, "format": "wav"}, path=PATH, idempotency_key="k")
    PartSpeaker(valkey, admitted_part(only_job())).say(1, 2, is_last=True).finish()
    first.finish()
    *audio, (_, done) = events_in(listening({"text": TEXT, "format": "wav"}, path=PATH, idempotency_key="k").finish())
    assert b"".join(base64.b64decode(data["audio"]) for _, data in audio)[44:] == pcm_of(1, 2)
    assert (done["duration"], Job.objects.count()) == (1.1, 1)


def test_two_listeners_of_one_job_both_get_all_of_it(listening: Listen, valkey: redis.Redis) -> None:
    both = [listening({"text": TEXT, "format": "wav"}, path=PATH) for _ in range(2)]
    job = only_job()
    speaker = PartSpeaker(valkey, admitted_part(job)).say(1)
    for listener in both:
        listener.wait_for(1)
    both[0].close()
    speaker.say(2, 3, is_last=True).finish()
    heard = [data["audio"] for kind, data in events_in(both[1].finish()) if kind == "audio"]
    assert b"".join(map(base64.b64decode, heard))[44:] == pcm_of(1, 2, 3)
    assert (reread(job).cancel_requested_at, Job.objects.count()) == (None, 1)


def test_listener_with_an_idempotency_key_that_leaves_does_not_stop_the_job(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": TEXT}, path=PATH, idempotency_key="k")
    job = only_job()
    speaker = PartSpeaker(valkey, admitted_part(job)).say(1)
    listener.wait_for(1)
    listener.close()
    wait_until(lambda: not valkey.exists(f"job:{job.uuid.hex}:audio:0"))
    speaker.say(2)  # the worker notices that nobody listens
    speaker.say(3)
    assert valkey.xlen(f"job:{job.uuid.hex}:audio:0") == 2
    assert reread(job).cancel_requested_at is None
