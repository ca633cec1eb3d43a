"""POST /v1/tts/ with `stream`: the audio of all parts in order, whatever becomes of their workers."""

import io
from typing import Any

import av
import httpx
import pytest
import redis

from apps.jobs.models import Job, JobState, Part
from tests.factories_jobs import reread, work_off
from tests.flows.following import wait_until
from tests.streaming.listeners import Listen
from tests.streaming.speaking import RATE, PartSpeaker, admitted_part, admitted_parts, only_job, pcm_of
from workers.contract.names import audio_stream

SHORT = "One. Two. Three."
LONG = "This sentence is one of many in a long text. " * 20
"""Two parts."""


def test_listener_gets_each_sentence_before_the_next_is_made(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": SHORT})
    speaker = PartSpeaker(valkey, admitted_part(only_job()))
    speaker.say(1)
    listener.wait_for(len(pcm_of(1, has_silence=False)))
    assert listener.body == pcm_of(1, has_silence=False)
    speaker.say(2, 3, is_last=True).finish()
    assert listener.finish() == pcm_of(1, 2, 3)
    headers = listener.response.headers
    assert (listener.response.status_code, headers["content-type"], headers["x-accel-buffering"]) == (200, "audio/pcm", "no")
    assert (headers["cache-control"], "content-length" in headers) == ("no-store, no-transform", False)
    job = Job.objects.get()
    assert (job.state, headers["x-job-id"], job.charged_millicredits) == ("completed", job.uuid.hex, job.reserved_millicredits)
    assert not valkey.exists(audio_stream(job.uuid.hex, 0))


def test_parts_that_end_out_of_order_are_heard_in_order(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": LONG})
    job = only_job()
    first, second = (PartSpeaker(valkey, part) for part in admitted_parts(job, count=2))
    second.say(3, 4, is_last=True).finish()
    first.say(1, 2, is_last=True).finish()
    assert listener.finish() == pcm_of(1, 2) + pcm_of(3, 4)
    work_off("codec")
    assert reread(job).state == JobState.COMPLETED


def test_sentences_of_a_second_attempt_are_heard_once(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": SHORT})
    part = admitted_part(only_job())
    PartSpeaker(valkey, part).say(1, 2)
    listener.wait_for(1)
    PartSpeaker(valkey, part).say(1, 2, 3, is_last=True).finish()
    assert listener.finish() == pcm_of(1, 2, 3)


def test_audio_beyond_the_bound_is_read_from_the_part_file(listening: Listen, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.stream.LIVE_AUDIO_BYTES", 2 * RATE)
    listener = listening({"text": SHORT})
    part = admitted_part(only_job())
    PartSpeaker(valkey, part).say(1, 2, 3, 4, is_last=True).finish()
    assert listener.finish() == pcm_of(1, 2, 3, 4)


def test_lost_live_audio_is_read_from_the_part_file(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": LONG})
    job = only_job()
    first, second = (PartSpeaker(valkey, part) for part in admitted_parts(job, count=2))
    first.say(1)
    listener.wait_for(1)
    valkey.delete(audio_stream(job.uuid.hex, 0))
    first.add_unheard(2, 3).finish()
    second.add_unheard(4).finish()
    assert listener.finish() == pcm_of(1, 2, 3, 4, has_silence=False)


@pytest.mark.parametrize("audio_format", ["wav", "mp3", "opus", "aac", "flac", "ogg", "m4a"])
def test_stream_in_every_format_is_one_file_with_one_header(listening: Listen, valkey: redis.Redis, audio_format: str) -> None:
    listener = listening({"text": SHORT, "format": audio_format})
    PartSpeaker(valkey, admitted_part(only_job())).say(1, 2, 3, is_last=True).finish()
    body = listener.finish()
    with av.open(io.BytesIO(body)) as container:
        seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    assert seconds == pytest.approx(1.6, abs=0.09)  # lossy formats add a frame
    if audio_format == "wav":
        assert body[44:] == pcm_of(1, 2, 3)


def test_listener_that_leaves_stops_the_job_and_pays_for_what_was_sent(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": LONG})
    job = only_job()
    first, second = (PartSpeaker(valkey, part) for part in admitted_parts(job, count=2))
    second.say(3, 4, is_last=True).finish()
    first.say(1, 2)
    listener.wait_for(len(pcm_of(1, 2, has_silence=False)))
    listener.close()
    wait_until(lambda: bool(reread(job).cancel_requested_at))
    assert reread(job).units_sent == 2 * first.part.units // 10
    assert valkey.exists(f"workers:cancelled:{first.part.token.hex}")
    first.report_cancelled(units_done=9 * first.part.units // 10)
    ended = reread(job)
    share = ended.units_sent / sum(Part.objects.filter(job=job, kind="speak").values_list("units", flat=True))
    assert ended.state == JobState.CANCELLED
    assert ended.charged_millicredits == pytest.approx(ended.reserved_millicredits * share, abs=1)
    assert not list(valkey.scan_iter(f"job:{job.uuid.hex}:audio:*"))


def test_a_job_that_fails_before_its_first_sound_is_a_plain_error(listening: Listen) -> None:
    listener = listening({"text": SHORT})
    PartSpeaker.fail(admitted_part(only_job()), code="nothing_to_say")
    listener.finish()
    assert (listener.response.status_code, listener.response.headers["content-type"]) == (400, "application/json")


def test_a_job_that_fails_in_mid_stream_breaks_the_connection(listening: Listen, valkey: redis.Redis) -> None:
    listener = listening({"text": SHORT})
    speaker = PartSpeaker(valkey, admitted_part(only_job())).say(1)
    listener.wait_for(1)
    PartSpeaker.fail(speaker.part, code="internal_error")
    listener.finish()
    assert isinstance(listener.error, httpx.RemoteProtocolError)
    assert listener.body == pcm_of(1, has_silence=False)


def test_no_audio_in_time_is_a_504_and_the_job_continues(listening: Listen, settings: Any) -> None:
    settings.TTSAI_SPEECH_WAIT_SECONDS = 0
    listener = listening({"text": SHORT})
    job = only_job()
    listener.finish()
    assert (listener.response.status_code, b"uuid" in listener.body) == (504, True)
    assert reread(job).cancel_requested_at is None


def test_repeated_request_of_a_finished_job_gets_its_file(listening: Listen, valkey: redis.Redis) -> None:
    first = listening({"text": SHORT, "format": "wav"}, idempotency_key="k")
    PartSpeaker(valkey, admitted_part(only_job())).say(1, 2, is_last=True).finish()
    again = listening({"text": SHORT, "format": "wav"}, idempotency_key="k")
    assert first.finish()[44:] == again.finish()[44:] == pcm_of(1, 2)
    assert again.response.headers["content-length"] == str(len(again.body))
    assert Job.objects.count() == 1
