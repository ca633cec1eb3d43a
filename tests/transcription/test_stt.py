"""POST /v1/stt/ through sockets, with a recogniser whose words the tests write."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import redis

from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.jobs.services.finish import finish_part
from apps.uploads.models import Upload
from tests.clients import SDKMaker
from tests.factories_jobs import announce, engine_spec, outcome_of, started
from tests.speech.people import Person, person
from tests.transcription.conftest import WHISPER, hearing, wait_until_admitted
from tests.web.shell import RunningShell, wait_for_waiters


def listen(server: RunningShell, somebody: Person, content: bytes, *, path: str = "/v1/stt/", **fields: Any) -> httpx.Response:
    headers = {**somebody.headers, **fields.pop("headers", {})}
    return httpx.post(f"{server.url}{path}", files={"file": ("audio.wav", content)}, data=fields, headers=headers, timeout=60)


def test_a_recording_is_answered_with_its_transcript(server: RunningShell, owner: Person, song: bytes) -> None:
    with hearing():
        answer = listen(server, owner, song)
    job = Job.objects.get()
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "text": "Hello there.",
        "language": "en",
        "duration": 2.0,
        "segments": [{"start": 0.1, "end": 0.9, "text": "Hello there."}],
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "model": "whisper",
        "credits_used": 0.067,
    }
    assert (job.kind, job.lane, job.units, job.price_millicredits, job.charged_millicredits) == ("transcription", "live", 2000, 67, 67)
    assert owner.millicredits == 1_000_000 - 67


@pytest.mark.parametrize(("model", "warnings"), [("sensevoice", 1), ("faster-whisper", 0), ("whisper-1", 0)])
def test_a_documented_recogniser_that_is_not_installed_is_served_by_another(
    server: RunningShell, owner: Person, song: bytes, model: str, warnings: int
) -> None:
    with hearing():
        answer = listen(server, owner, song, model=model)
    assert answer.status_code == 200, answer.text
    reported = answer.json()
    assert (reported["model"], reported["model_used"], len(reported.get("warnings", []))) == (model, "whisper", warnings)
    result = owner.result(reported["uuid"]).json()
    assert (result["model"], result["model_used"]) == (model, "whisper")


def test_speakers_and_words_are_there_when_asked_for(server: RunningShell, owner: Person, song: bytes) -> None:
    with hearing():
        answer = listen(server, owner, song, diarize="True", timestamps="true", num_speakers="2", language="en")
    assert answer.json()["segments"] == [
        {
            "start": 0.1,
            "end": 0.9,
            "text": "Hello there.",
            "speaker": "SPEAKER_00",
            "words": [
                {"word": "Hello", "start": 0.1, "end": 0.4, "probability": 0.9},
                {"word": "there.", "start": 0.5, "end": 0.9, "probability": 0.8},
            ],
        }
    ]


def test_work_message_holds_all_requested_options(server: RunningShell, owner: Person, song: bytes) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(
            listen,
            server,
            owner,
            song,
            diarize="1",
            timestamps="on",
            num_speakers="3",
            language="ES",
            prompt="Names: Ada.",
            hotwords="kokoro",
        )
        part = started(wait_until_admitted())
        work = part.work
        finish_part(outcome_of(part, status="failed", error_code="bad_audio", error_message="The file is damaged."))
        refused = answer.result()
    reported = {name: work[name] for name in ("engine", "language", "is_diarized", "has_words", "speakers", "prompt", "hotwords", "survey")}
    assert reported == {
        "engine": "whisper",
        "language": "es",
        "is_diarized": True,
        "has_words": True,
        "speakers": 3,
        "prompt": "Names: Ada.",
        "hotwords": "kokoro",
        "survey": None,
    }
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_audio")
    assert owner.millicredits == 1_000_000


@pytest.mark.parametrize(
    "path", ["/v1/stt/", "/v1/audio/transcriptions", "/v1/audio/translations", "/v1/speech-translate/", "/v1/voice-chat/"]
)
def test_a_recording_above_the_longest_length_is_refused_before_it_is_charged(
    server: RunningShell, owner: Person, song: bytes, settings: Any, path: str
) -> None:
    settings.TTSAI_UPLOAD_AUDIO_SECONDS = 1
    announce(engine_spec(), engine_spec("whisper", **WHISPER), engine_spec("offline", kind="chat", voices=(), default_voice=""))
    name = "audio" if path == "/v1/voice-chat/" else "file"
    fields = {"model": "whisper-1"} if "audio" in path else {"target_language": "en"}
    answer = httpx.post(f"{server.url}{path}", files={name: ("a", song)}, data=fields, headers=owner.headers, timeout=60)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_long"), answer.text
    assert answer.json()["error"]["message"].startswith("The audio is longer than 1 s,")
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


@pytest.mark.parametrize("piece_seconds", [1, 120])
def test_work_message_holds_the_measured_duration(
    server: RunningShell, owner: Person, song: bytes, settings: Any, piece_seconds: int
) -> None:
    settings.TTSAI_UPLOAD_AUDIO_SECONDS, settings.TTSAI_PIECE_SECONDS = 3, piece_seconds
    with hearing():
        assert listen(server, owner, song).status_code == 200
    job = Job.objects.get()
    first = job.parts.get(index=0)
    assert first.kind == ("prepare" if piece_seconds == 1 else "listen")
    assert first.work["source_seconds"] == job.units / 1000 == pytest.approx(2.0, abs=0.06)


def test_the_official_sdk_transcribes(server: RunningShell, owner: Person, song: bytes, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(owner.key, server.url)
    with hearing():
        result = sdk.transcribe(song, language="en", diarize=True)
    assert (result.text, result.language) == ("Hello there.", "en")
    assert [segment["speaker"] for segment in result.segments] == ["SPEAKER_00"]


def test_a_long_recording_is_heard_in_pieces(server: RunningShell, owner: Person, song: bytes, settings: Any) -> None:
    settings.TTSAI_PIECE_SECONDS = 1
    with hearing():
        answer = listen(server, owner, song)
    parts = list(Job.objects.get().parts.order_by("index"))
    assert answer.json()["text"] == "Hello there."
    assert [(part.kind, part.stage, part.units, part.queue) for part in parts] == [
        ("prepare", 0, 0, "whisper"),
        ("listen", 1, 1000, "whisper"),
        ("listen", 1, 1000, "whisper"),
        ("transcript", 2, 0, "codec"),
    ]
    assert [part.work["piece"] for part in parts[1:3]] == [0, 1]


def test_a_request_that_does_not_wait_polls_for_the_result(server: RunningShell, owner: Person, song: bytes) -> None:
    queued = listen(server, owner, song, path="/v1/stt/?async=1").json()
    assert (queued["status"], queued["credits_used"], queued["credits_remaining"]) == ("queued", 0.067, 999.933)
    with hearing():
        httpx.get(f"{server.url}/v1/jobs/{queued['uuid']}/events", headers=owner.headers, timeout=60)
    polled = httpx.get(f"{server.url}/v1/speech/results/?uuid={queued['uuid']}").json()
    assert (polled["status"], polled["format"], polled["result"]["text"]) == ("completed", "json", "Hello there.")
    downloaded = httpx.get(polled["result_url"])
    assert (downloaded.headers["content-type"], downloaded.json()["text"]) == ("application/json", "Hello there.")
    assert httpx.get(f"{server.url}/static/downloads/{queued['uuid']}/tts_output.wav").status_code == 404


def test_an_identical_request_joins_the_first_one(server: RunningShell, owner: Person, song: bytes, valkey: redis.Redis) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(listen, server, owner, song) for _ in range(2)]
        wait_for_waiters(valkey, 2)
        with hearing():
            uuids = {one.result().json()["uuid"] for one in both}
    assert len(uuids) == 1
    assert Job.objects.count() == 1
    assert owner.millicredits == 1_000_000 - 67


def test_an_idempotency_key_knows_the_content(server: RunningShell, owner: Person, song: bytes) -> None:
    named = {"headers": {"Idempotency-Key": "once"}}
    with hearing():
        first, again = (listen(server, owner, song, **named).json() for _ in range(2))
        other = listen(server, owner, song + b"\0" * 64, **named)
    assert first["uuid"] == again["uuid"]
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")


def test_the_recording_goes_when_the_job_has_ended(server: RunningShell, owner: Person, song: bytes) -> None:
    with hearing():
        listen(server, owner, song)
    assert not Upload.objects.exists()
    assert get_storage().stat(Job.objects.get().params["source"]) is None


def test_a_recording_that_cannot_be_paid_is_not_kept(server: RunningShell, song: bytes) -> None:
    poor = person(credits=0)
    answer = listen(server, poor, song)
    assert (answer.status_code, answer.json()["credits_needed"]) == (402, 0.067)
    assert not Upload.objects.exists()


def test_an_answer_that_takes_too_long_is_a_504_with_the_uuid(server: RunningShell, owner: Person, song: bytes, settings: Any) -> None:
    settings.TTSAI_UPLOAD_WAIT_SECONDS = 1
    answer = listen(server, owner, song)
    job = Job.objects.get()
    assert (answer.status_code, answer.json()["uuid"], job.state) == (504, job.uuid.hex, "queued")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model": "nobody"}, "unknown_model"),
        ({"model": "kokoro"}, "unknown_model"),
        ({"language": "klingon!"}, "invalid_language"),
        ({"language": "fr"}, "unsupported_language"),
        ({"num_speakers": "2"}, "invalid_request"),
        ({"diarize": "true", "num_speakers": "0"}, "invalid_request"),
        ({"diarize": "perhaps"}, "invalid_request"),
        ({"prompt": "x" * 2001}, "invalid_request"),
        ({"webhook_url": "ftp://example.com/"}, "invalid_url"),
    ],
)
def test_an_invalid_request_is_refused_before_the_file_is_ingested(
    server: RunningShell, owner: Person, song: bytes, fields: dict[str, str], code: str
) -> None:
    answer = listen(server, owner, song, **fields)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert not Upload.objects.exists()
