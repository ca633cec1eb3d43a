"""POST /v1/audio/speech: through sockets, by the official packages where they tell the difference."""

import http.client
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import av
import httpx
import numpy as np
import openai
import pytest
import redis
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray
from tts_ai.exceptions import AuthenticationError, InsufficientCreditsError, ModelNotFoundError, ServerError

from apps.core.events import end_event, publish_event
from apps.core.storage import get_storage
from apps.jobs import waiting
from apps.jobs.models import Job, Part
from apps.jobs.services.finish import finish_part
from tests.clients import OpenAIMaker, SDKMaker
from tests.factories_jobs import AUDIO, SAMPLES, announce, engine_spec, outcome_of, part_of, reread, started
from tests.s3 import S3Server
from tests.speech.people import Person, person, working
from tests.web.shell import RunningShell, wait_for_waiters
from ttsai.web.exchange import WebExchange
from workers.contract.engines import VoiceSpec

MP3_FRAMES = 4000
"""Most samples by which lossy formats lengthen a file: they write whole frames, and a delay before the first."""


def post(server: RunningShell, somebody: Person, body: Any, *, path: str = "/v1/audio/speech", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{server.url}{path}", json=body, headers={**somebody.headers, **named}, timeout=60)


def samples_of(content: bytes) -> NDArray[np.int16]:
    """Mono samples at 24 kHz of a file in any format."""
    resampler = AudioResampler("s16", "mono", 24_000)
    with av.open(io.BytesIO(content)) as container:
        frames = [*(frame for whole in container.decode(audio=0) for frame in resampler.resample(whole)), *resampler.resample(None)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def pcm_of(content: bytes) -> bytes:
    return samples_of(content).tobytes()


def admitted_part() -> Part:
    """Wait until the only job is committed and admitted, and return its part."""
    until(lambda: Part.objects.filter(state="admitted").exists())
    return part_of(Job.objects.get())


def until(condition: Any, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def test_the_official_package_gets_the_audio(server: RunningShell, owner: Person, openai_of: OpenAIMaker) -> None:
    client = openai_of(owner.key, server.url)
    with working():
        answer = client.audio.speech.create(model="tts-1", voice="nova", input="Hello.")
    assert len(samples_of(answer.read())) == pytest.approx(len(SAMPLES) / 2, abs=MP3_FRAMES)
    job = Job.objects.get()
    headers = answer.response.headers
    assert (headers["content-type"], headers["x-job-id"]) == ("audio/mpeg", job.uuid.hex)
    limits = {f"x-ratelimit-{name}{kind}" for name in ("limit", "remaining", "reset") for kind in ("", "-requests")}
    assert {"x-request-id", "openai-processing-ms", *limits} <= set(headers)
    until(lambda: reread(job).state == "completed")
    assert (job.engine_id, job.params["voice"], job.lane, job.price_millicredits) == ("kokoro", "af_bella", "live", 12)
    assert owner.millicredits == 1_000_000 - 12


def test_the_other_official_package_gets_the_audio(server: RunningShell, owner: Person, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(owner.key, server.url)
    with working():
        assert pcm_of(sdk.generate("Hello there.", voice="am_adam", output_format="flac", speed=1.25)) == SAMPLES
        queued = sdk.generate_async("Hello again.")
        assert sdk.poll_result(queued.uuid, timeout=60, interval=0.1) == AUDIO
    job = Job.objects.get(output_format="flac")
    assert {name: job.params[name] for name in ("voice", "speed")} == {"voice": "am_adam", "speed": 1.25}


def test_openais_voices_speak_with_ours(server: RunningShell, owner: Person) -> None:
    voices = tuple(VoiceSpec(name, name=name, language="en") for name in ("af_bella", "am_onyx", "af_heart"))
    announce(
        engine_spec(voices=voices), engine_spec("hibari", voices=(VoiceSpec("heart", name="Heart", language="en"),), default_voice="heart")
    )
    wanted = {
        ("tts-1", "onyx"): ("kokoro", "am_onyx"),
        ("kokoro", "onyx"): ("kokoro", "am_onyx"),
        ("gpt-4o-mini-tts", "af_heart"): ("kokoro", "af_heart"),
        ("tts-1-hd", "echo"): ("kokoro", "af_bella"),
        ("hibari", "alloy"): ("hibari", "heart"),
        ("hibari", None): ("hibari", "heart"),
    }
    for (model, voice), spoken_by in wanted.items():
        answer = post(server, owner, {"model": model, "voice": voice, "input": "Hi."}, path="/v1/audio/speech?async=1")
        job = Job.objects.get(uuid=answer.json()["uuid"])
        assert (job.engine_id, job.params["voice"]) == spoken_by
    answer = post(server, owner, {"model": "tts-1", "voice": {"id": "am_onyx"}, "input": "Hi."}, Prefer="respond-async")
    assert Job.objects.get(uuid=answer.json()["uuid"]).params["voice"] == "am_onyx"


@pytest.mark.parametrize(("response_format", "content_type"), [
    ("mp3", "audio/mpeg"), ("opus", "audio/ogg; codecs=opus"), ("aac", "audio/aac"), ("flac", "audio/flac"), ("wav", "audio/wav"), ("pcm", "audio/pcm"),
])  # fmt: skip
def test_every_format_has_its_content_type(server: RunningShell, owner: Person, response_format: str, content_type: str) -> None:
    with working():
        answer = post(server, owner, {"model": "kokoro", "voice": "af_bella", "input": "Hi.", "response_format": response_format})
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    if response_format == "pcm":
        assert answer.content == AUDIO  # a stored file of this format has no header
    elif response_format in {"flac", "wav"}:
        assert pcm_of(answer.content) == SAMPLES
    else:
        assert len(samples_of(answer.content)) == pytest.approx(len(SAMPLES) / 2, abs=MP3_FRAMES)


def test_without_a_key_free_models_speak(server: RunningShell, nobody: Person) -> None:
    with working():
        assert post(server, nobody, {"model": "tts-1", "voice": "alloy", "input": "Hi.", "response_format": "pcm"}).content == AUDIO


def test_instructions_are_ignored_with_a_warning(server: RunningShell, owner: Person) -> None:
    with working():
        answer = post(server, owner, {"model": "gpt-4o-mini-tts", "voice": "alloy", "input": "Hi.", "instructions": "Whisper."})
    assert "instructions" in answer.headers["x-warning"]


def test_the_packages_raise_their_own_errors(server: RunningShell, owner: Person, openai_of: OpenAIMaker) -> None:
    speech = openai_of(owner.key, server.url).audio.speech
    with pytest.raises(openai.BadRequestError) as wrong:
        speech.create(model="tts-1", voice="alloy", input="Hi.", response_format="exe")  # type: ignore[arg-type]
    assert (wrong.value.param, wrong.value.type, wrong.value.code) == ("response_format", "invalid_request_error", "invalid_request")
    with pytest.raises(openai.BadRequestError, match="unknown model"):
        speech.create(model="nonsense", voice="alloy", input="Hi.")
    with pytest.raises(openai.AuthenticationError):
        openai_of("sk-tts-wrong", server.url).audio.speech.create(model="tts-1", voice="alloy", input="Hi.")
    busy = openai_of(person(requests_per_minute=1).key, server.url).audio.speech
    with pytest.raises(openai.BadRequestError):
        busy.create(model="tts-1", voice="alloy", input=" ")
    with pytest.raises(openai.RateLimitError):
        busy.create(model="tts-1", voice="alloy", input="Hi.")


def test_the_other_package_raises_its_own_errors(server: RunningShell, owner: Person, sdk_of: SDKMaker) -> None:
    with pytest.raises(ModelNotFoundError):
        sdk_of(owner.key, server.url).generate("Hi.", model="nonsense")
    with pytest.raises(AuthenticationError):
        sdk_of("sk-tts-wrong", server.url).generate("Hi.")
    with pytest.raises(InsufficientCreditsError) as poor:
        sdk_of(person(credits=1).key, server.url).generate("x" * 501)
    assert (poor.value.credits_remaining, poor.value.credits_needed) == (1, 1.002)


@pytest.mark.parametrize(("body", "code", "param"), [
    ({"voice": "alloy", "input": "Hi."}, "missing_field", "model"),
    ({"model": "tts-1", "voice": "alloy"}, "missing_field", "input"),
    ({"model": "tts-1", "voice": "alloy", "input": "x" * 4097}, "text_too_long", "input"),
    ({"model": "tts-1", "voice": 7, "input": "Hi."}, "invalid_request", "voice"),
    ({"model": "tts-1", "voice": {"id": 7}, "input": "Hi."}, "invalid_request", "voice"),
    ({"model": "tts-1", "voice": "nobody", "input": "Hi."}, "unknown_voice", "voice"),
    ({"model": "tts-1", "voice": "alloy", "input": "Hi.", "speed": 4.1}, "invalid_request", "speed"),
    ({"model": "tts-1", "voice": "alloy", "input": "Hi.", "response_format": "ogg"}, "invalid_request", "response_format"),
    ({"model": "tts-1", "voice": "alloy", "input": "Hi.", "stream_format": "wav"}, "invalid_request", "stream_format"),
])  # fmt: skip
def test_an_invalid_request_is_a_400_naming_the_parameter(server: RunningShell, owner: Person, body: Any, code: str, param: str) -> None:
    answer = post(server, owner, body)
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["param"]) == (code, param)
    assert Job.objects.count() == 0


def test_native_ids_have_the_plans_limit(server: RunningShell) -> None:
    somebody = person(max_characters=5000)
    assert post(server, somebody, {"model": "kokoro", "input": "x" * 4097}, Prefer="respond-async").status_code == 200
    answer = post(server, somebody, {"model": "kokoro", "input": "x" * 5001})
    assert (answer.json()["error"]["code"], answer.json()["error"]["param"]) == ("text_too_long", "input")


def test_a_failed_job_is_a_server_error_and_releases_the_credits(server: RunningShell, owner: Person, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(owner.key, server.url)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(sdk.generate, "Hello.")
        part = started(admitted_part())
        finish_part(outcome_of(part, status="failed", error_code="internal_error", error_message="The model failed."))
        with pytest.raises(ServerError, match="The model failed"):
            answer.result()
    assert owner.millicredits == 1_000_000


def test_a_text_that_cannot_be_spoken_is_the_clients_fault(server: RunningShell, owner: Person) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(post, server, owner, {"model": "kokoro", "input": "Hello."})
        part = started(admitted_part())
        finish_part(outcome_of(part, status="failed", error_code="nothing_to_say", error_message="The text contains nothing to speak."))
        assert (answer.result().status_code, answer.result().json()["error"]["code"]) == (400, "nothing_to_say")


def test_slow_response_is_a_504_with_the_uuid_while_the_job_continues(server: RunningShell, owner: Person, settings: Any) -> None:
    settings.TTSAI_SPEECH_WAIT_SECONDS = 0.3
    answer = post(server, owner, {"model": "kokoro", "input": "Hi."})
    job = Job.objects.get()
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["uuid"]) == (504, "timeout", job.uuid.hex)
    assert job.state == "queued"


def test_async_requests_get_the_queued_json(server: RunningShell, owner: Person) -> None:
    for answer in (
        post(server, owner, {"model": "kokoro", "input": "One."}, path="/v1/audio/speech?async=1"),
        post(server, owner, {"model": "kokoro", "input": "Two."}, path="/api/v1/audio/speech/", Prefer="respond-async"),
    ):
        assert answer.status_code == 200
        assert (answer.json()["status"], len(answer.json()["uuid"])) == ("queued", 32)


def leave(server: RunningShell, somebody: Person, body: Any, **headers: str) -> None:
    """Send the request and disconnect when the job exists."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("POST", "/v1/audio/speech", json.dumps(body), {"Content-Type": "application/json", **somebody.headers, **headers})
    until(Job.objects.exists)
    connection.close()


def test_listener_that_leaves_cancels_the_work_and_pays_for_finished_parts(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "RECONNECT_GRACE_SECONDS", 0.3)
    leave(server, owner, {"model": "kokoro", "input": "Hi."})
    until(lambda: Job.objects.get().state == "cancelled")
    assert owner.millicredits == 1_000_000


def counted_waiters(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of other requests that the server finds waiting for a job, one for each end of the grace of a client that left."""
    counted: list[int] = []
    count = WebExchange.count_other_waiters

    async def count_and_record(exchange: WebExchange, job_uuid: UUID) -> int:
        counted.append(await count(exchange, job_uuid))
        return counted[-1]

    monkeypatch.setattr(WebExchange, "count_other_waiters", count_and_record)
    return counted


def test_the_same_request_again_waits_for_the_same_job(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch, valkey: redis.Redis
) -> None:
    counted = counted_waiters(monkeypatch)
    body = {"model": "kokoro", "input": "Hi.", "response_format": "pcm"}
    leave(server, owner, body)
    with ThreadPoolExecutor(2) as pool:
        again = [pool.submit(post, server, owner, body) for _ in range(2)]
        wait_for_waiters(valkey, 2)
        until(lambda: counted)
        assert counted[0] == 2
        assert Job.objects.get().state == "queued"  # somebody waits again, so it was not given up
        with working():
            assert [answer.result().content for answer in again] == [AUDIO, AUDIO]
    assert (Job.objects.count(), owner.millicredits) == (1, 1_000_000 - 6)
    with working():
        assert post(server, owner, body).content == AUDIO  # the first is over: this is another job
    assert Job.objects.count() == 2


def test_request_with_an_idempotency_key_continues_after_its_client_left(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = counted_waiters(monkeypatch)
    body = {"model": "kokoro", "input": "Hi.", "response_format": "pcm"}
    leave(server, owner, body, **{"Idempotency-Key": "k1"})
    until(lambda: counted)
    assert Job.objects.get().state == "queued"
    with working():
        assert post(server, owner, body, Idempotency_Key="k1").content == AUDIO
    until(lambda: Job.objects.get().state == "completed")
    assert post(server, owner, body, Idempotency_Key="k1").content == AUDIO  # also when it is over
    assert post(server, owner, {**body, "input": "Ho."}, Idempotency_Key="k1").status_code == 409
    assert Job.objects.count() == 1


def test_32_waiting_requests_leave_the_server_responsive(server: RunningShell, owner: Person) -> None:
    texts = [f"Text number {number}." for number in range(32)]
    with ThreadPoolExecutor(32) as pool:
        answers = [pool.submit(post, server, owner, {"model": "kokoro", "input": text, "response_format": "pcm"}) for text in texts]
        until(lambda: Job.objects.count() == 32, seconds=60)
        with httpx.Client() as client:
            client.get(f"{server.url}/v1/speech/results/?uuid={Job.objects.all()[0].uuid.hex}")
            for _ in range(10):
                assert client.get(f"{server.url}/v1/health/").status_code == 200
        assert not any(answer.done() for answer in answers)
        with working(pause_seconds=0):
            assert {answer.result().content for answer in answers} == {AUDIO}


def test_event_without_its_row_is_sent_unchanged(server: RunningShell, owner: Person) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(post, server, owner, {"model": "kokoro", "input": "Hi.", "response_format": "pcm"})
        until(Job.objects.exists)
        job = Job.objects.get()
        Job.objects.filter(uuid=job.uuid).update(state="cancelled", error_message="No longer wanted.")
        publish_event(job.uuid, end_event(job.uuid, status="cancelled"))
        assert (answer.result().status_code, answer.result().json()["error"]["code"]) == (409, "cancelled")


def test_audio_in_s3_comes_through(settings: Any, s3_server: S3Server, server: RunningShell, owner: Person) -> None:
    storage = s3_server.storage()
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL, settings.S3_PUBLIC_ENDPOINT_URL = storage.bucket, storage.endpoint_url, ""
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = storage.access_key_id, storage.secret_access_key
    settings.S3_ADDRESSING_STYLE = "path"
    get_storage.cache_clear()
    with working():
        answer = post(server, owner, {"model": "kokoro", "input": "Hi.", "response_format": "pcm"}, Idempotency_Key="s3")
    assert (answer.status_code, answer.content) == (200, AUDIO)
    until(lambda: Job.objects.get().state == "completed")
    again = post(server, owner, {"model": "kokoro", "input": "Hi.", "response_format": "pcm"}, Idempotency_Key="s3")
    assert (again.status_code, again.content, again.headers["content-length"]) == (200, AUDIO, str(len(AUDIO)))
