"""POST /v1/tts/: text to a queued job."""

import json
from typing import Any
from uuid import UUID

import pytest

from apps.jobs.models import Job, Part
from tests.factories_jobs import announce, engine_spec, part_of, work_off
from tests.speech.people import Person, person
from workers.contract.voices import VoiceRef

CYCLE = "The quick brown fox jumps over the lazy dog. "


def job_of(answer: Any) -> Job:
    return Job.objects.get(uuid=answer.json()["uuid"])


def error_of(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    assert error["message"]
    assert error["request_id"] == answer.headers["X-Request-Id"]
    return error


@pytest.mark.parametrize("path", ["/v1/tts/", "/v1/tts", "/api/v1/tts/", "/api/v1/tts"])
def test_a_text_is_queued_priced_and_answered_as_the_document_says(owner: Person, path: str) -> None:
    answer = owner.post(path, {"text": "Hello, wörld 😀!", "voice": "am_adam"})
    assert answer.status_code == 200
    job = job_of(answer)
    assert answer.json() == {
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "status": "queued",
        "credits_used": 0.03,
        "credits_remaining": 999.97,
    }
    assert owner.millicredits == 999_970
    assert (job.units, job.price_millicredits, job.lane, job.output_format, job.queue) == (15, 30, "normal", "mp3", "kokoro")
    assert job.request_id == answer.headers["X-Request-Id"]
    part = part_of(job)
    assert (part.kind, part.units) == ("speak", 15)
    adam = VoiceRef("am_adam", "en-us", "male", "kokoro", "1").to_dict()
    assert {name: part.work[name] for name in ("engine", "voice", "text", "format", "speed", "language", "is_last")} == {
        "engine": "kokoro", "voice": adam, "text": "Hello, wörld 😀!", "format": "mp3", "speed": 1.0, "language": "en-us", "is_last": True,
    }  # fmt: skip


def test_input_is_taken_for_text_and_defaults_fill_the_rest(owner: Person) -> None:
    job = job_of(owner.post("/v1/tts/", {"input": "Hello.", "voice": None, "pitch": 3, "stream": False, "webhook_url": ""}))
    assert {name: job.params[name] for name in ("text", "model", "voice", "format", "speed")} == {
        "text": "Hello.", "model": "kokoro", "voice": "af_bella", "format": "mp3", "speed": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "flac", "ogg", "opus", "aac", "m4a", "pcm"])
def test_every_format_is_taken(owner: Person, audio_format: str) -> None:
    job = job_of(owner.say(format=audio_format))
    assert (job.output_format, part_of(job).work["format"]) == (audio_format, audio_format)


def test_a_long_text_becomes_parts_that_are_joined(owner: Person) -> None:
    text = CYCLE * 100
    answer = owner.say(text, format="opus", speed=1.5)
    job = job_of(answer)
    parts = list(Part.objects.filter(job=job).order_by("index"))
    *speaking, join = parts
    assert len(speaking) > 5
    assert "".join(part.work["text"] for part in speaking) == text
    assert {part.work["format"] for part in speaking} == {"flac"}
    assert [part.work["is_last"] for part in speaking] == [False] * (len(speaking) - 1) + [True]
    assert (join.kind, join.queue, join.work["format"]) == ("join", "codec", "opus")
    assert (job.lane, job.units, job.price_millicredits) == ("normal", 4500, 9000)
    assert answer.json()["credits_used"] == 9


def test_a_very_long_text_goes_to_the_lane_bulk(owner: Person) -> None:
    assert job_of(owner.say(CYCLE * 112)).lane == "bulk"


def test_instructions_are_taken_with_a_warning(owner: Person) -> None:
    answer = owner.say(instructions="speak slowly and warmly")
    assert answer.status_code == 200
    assert len(answer.json()["warnings"]) == 1
    assert "instructions" in answer.json()["warnings"][0]


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({}, "missing_field", "text"),
        ({"text": ""}, "missing_field", "text"),
        ({"text": " \n"}, "missing_field", "text"),
        ({"text": "\u0000"}, "missing_field", "text"),
        ({"text": None}, "missing_field", "text"),
        ({"text": 7}, "invalid_request", "text"),
        ({"text": ["a"]}, "invalid_request", "text"),
        ({"text": "a", "model": "nonsense"}, "unknown_model", "model"),
        ({"text": "a", "model": "\ud800"}, "unknown_model", "model"),
        ({"text": "a", "model": 7}, "invalid_request", "model"),
        ({"text": "a", "voice": "nobody"}, "unknown_voice", "voice"),
        ({"text": "a", "voice": {"id": "af_bella"}}, "invalid_request", "voice"),
        ({"text": "a", "format": "exe"}, "invalid_request", "format"),
        ({"text": "a", "format": ["mp3"]}, "invalid_request", "format"),
        ({"text": "a", "format": {"mp3": 1}}, "invalid_request", "format"),
        ({"text": "a", "speed": 0.49}, "invalid_request", "speed"),
        ({"text": "a", "speed": 2.01}, "invalid_request", "speed"),
        ({"text": "a", "speed": "fast"}, "invalid_request", "speed"),
        ({"text": "a", "speed": True}, "invalid_request", "speed"),
        ({"text": "a", "language": "klingon language"}, "invalid_language", "language"),
        ({"text": "a", "language": "tlh"}, "unsupported_language", "language"),
        ({"text": "a", "instructions": "x" * 501}, "invalid_request", "instructions"),
        ({"text": "a", "stream": "perhaps"}, "invalid_request", "stream"),
        ({"text": "a", "pronunciations": "jiff"}, "invalid_pronunciation", "pronunciations"),
        ({"text": "a", "pronunciations": [{"word": "GIF"}]}, "invalid_pronunciation", "pronunciations"),
        ({"text": "a <break time='1s'>"}, "invalid_markup", "text"),
        ({"text": "<speak>a</spoke>"}, "invalid_markup", "text"),
        ({"text": "a <voice name='nobody'>b</voice>"}, "invalid_markup", "text"),
        ({"text": "<speak><break/></speak>"}, "blank", "text"),
        ({"text": "a", "bitrate": 1}, "invalid_request", "bitrate"),
        ({"text": "a", "sample_rate": 1}, "invalid_request", "sample_rate"),
        ({"text": "a", "timestamps": "yes"}, "invalid_request", "timestamps"),
        ([], "invalid_body", None),
        ("text", "invalid_body", None),
        (None, "invalid_body", None),
    ],
)
def test_an_invalid_request_is_a_400_naming_the_parameter_without_a_charge(owner: Person, body: Any, code: str, param: str | None) -> None:
    answer = owner.post("/v1/tts/", json.dumps(body))
    assert answer.status_code == 400
    error = error_of(answer)
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
    assert Job.objects.count() == 0
    assert owner.millicredits == 1_000_000


def test_unknown_model_error_contains_the_words_that_the_official_sdk_expects(owner: Person) -> None:
    assert "unknown model" in owner.say(model="nonsense").json()["error"]["message"]


def test_a_text_over_the_plans_length_names_the_limit() -> None:
    somebody = person(max_characters=500)
    assert somebody.say("x" * 500).status_code == 200
    answer = somebody.say("x" * 501)
    assert (answer.status_code, error_of(answer)["code"], error_of(answer)["param"]) == (400, "text_too_long", "text")
    assert "500" in error_of(answer)["message"]


def test_a_text_over_the_models_length_is_refused_too(owner: Person) -> None:
    announce(engine_spec("small", max_characters=10))
    assert owner.say("x" * 11, model="small").json()["error"]["code"] == "text_too_long"


def test_tags_are_not_charged_but_their_number_is_limited() -> None:
    free = person(max_characters=500)
    assert free.say("<speak>" + "<s>Yes.</s>" * 100 + "</speak>").status_code == 200
    error = error_of(free.say("<speak>" + "<s>Y</s>" * 3000 + "</speak>"))
    assert (error["code"], error["message"]) == ("text_too_long", "The text has 24015 characters with its markup; at most 20000 are read.")


def test_a_speed_that_the_model_cannot_reach_is_its_nearest_with_a_warning(owner: Person) -> None:
    announce(engine_spec("slow", maximum_speed=1.2))
    answer = owner.say(model="slow", speed=2.0)
    assert part_of(job_of(answer)).work["speed"] == 1.2
    assert answer.json()["warnings"] == ["speed: slow speaks at 0.5 to 1.2; the nearest was taken."]


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        (
            {"voice": "af_bella", "language": "fr-FR"},
            "voice: af_bella speaks 'en'; where the model has a voice of 'fr', that one speaks.",
        ),
        ({"format": "opus", "sample_rate": 44100}, "sample_rate: opus has no 44100 Hz; 48000 Hz were taken."),
        ({"format": "aac", "bitrate": 320}, "bitrate: aac takes no 320 kbit/s; 256 kbit/s were taken."),
        ({"format": "wav", "bitrate": 64}, "bitrate: wav takes no 64 kbit/s; it has none."),
    ],
)
def test_a_substituted_voice_or_format_gives_a_warning(owner: Person, fields: dict[str, Any], warning: str) -> None:
    announce(engine_spec(languages=("en", "fr")))
    assert owner.say(**fields).json()["warnings"] == [warning]


@pytest.mark.parametrize(
    "fields",
    [
        {"voice": "af_bella", "language": "en-GB"}, {"voice": "af_bella", "language": "auto"}, {"language": "fr"},
        {"format": "opus", "sample_rate": 48000, "bitrate": 64}, {"format": "mp3", "sample_rate": 44100, "bitrate": 320},
    ],
)  # fmt: skip
def test_a_request_served_as_asked_has_no_warning(owner: Person, fields: dict[str, Any]) -> None:
    announce(engine_spec(languages=("en", "fr")))
    answer = owner.say(**fields)
    assert (answer.status_code, "warnings" in answer.json()) == (200, False)


def test_all_parts_of_a_text_have_the_language_that_admission_decided(owner: Person) -> None:
    announce(engine_spec(languages=("en", "es")))
    text = "Mañana iremos a la playa. " * 100
    parts = list(Part.objects.filter(job=job_of(owner.say(text, voice="af_bella")), kind="speak"))
    assert len(parts) > 1
    assert {(part.work["language"], part.work["is_language_detected"]) for part in parts} == {("es", True)}
    reported = Part.objects.filter(job=job_of(owner.say(text, voice="af_bella", language="en")), kind="speak")
    assert {(part.work["language"], part.work["is_language_detected"]) for part in reported} == {("en-us", False)}


def test_request_without_enough_credits_is_a_402_with_the_amounts() -> None:
    poor = person(credits=1)
    answer = poor.say("x" * 501)
    assert answer.status_code == 402
    assert (answer.json()["credits_remaining"], answer.json()["credits_needed"]) == (1, 1.002)
    assert (error_of(answer)["type"], Job.objects.count(), poor.millicredits) == ("insufficient_credits", 0, 1000)


def test_over_the_requests_a_minute_is_a_429() -> None:
    busy = person(requests_per_minute=2)
    answers = [busy.say() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert error_of(answers[2])["code"] == "rate_limit_exceeded"
    assert int(answers[2].headers["Retry-After"]) > 0
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]


def test_over_the_jobs_at_once_is_a_429_of_another_code() -> None:
    busy = person(concurrent_jobs=1)
    assert busy.say().status_code == 200
    assert error_of(busy.say("Hello again."))["code"] == "concurrency_limit_exceeded"


def test_an_identical_request_joins_the_job_that_runs(nobody: Person) -> None:
    owner, before = person(), Job.objects.count()
    first, repeat, other = owner.say(), owner.say(), owner.say("Hello again.")
    assert (first.json()["uuid"], first.json()["credits_used"]) == (repeat.json()["uuid"], repeat.json()["credits_used"])
    assert other.json()["uuid"] != first.json()["uuid"]
    assert person().say().json()["uuid"] != first.json()["uuid"]
    assert nobody.say().json()["uuid"] != nobody.say().json()["uuid"]  # without a key: nobody knows whether it is the same visitor
    assert Job.objects.count() == before + 5
    work_off()
    assert owner.say().json()["uuid"] != first.json()["uuid"]


def test_an_anonymous_caller_may_use_free_models(nobody: Person) -> None:
    answer = nobody.say("Hello.")
    assert answer.status_code == 200
    assert (answer.json()["credits_used"], answer.json()["credits_remaining"]) == (0, None)
    job = job_of(answer)
    assert (job.account_id, job.tenant, job.price_millicredits) == (None, "address:127.0.0.1", 0)


def test_an_anonymous_caller_has_a_daily_limit_of_characters(nobody: Person) -> None:
    assert nobody.say("x" * 4000).status_code == 200
    work_off()
    answer = nobody.say("x" * 1001)
    assert (answer.status_code, error_of(answer)["code"]) == (429, "daily_characters_exceeded")
    assert int(answer.headers["Retry-After"]) > 0


def test_an_anonymous_caller_is_refused_paid_models(nobody: Person) -> None:
    announce(engine_spec("chatterbox"))
    answer = nobody.say(model="chatterbox")
    assert (answer.status_code, error_of(answer)["code"]) == (403, "model_not_allowed")


def test_a_repeated_request_with_the_same_key_is_one_job_and_one_charge(owner: Person) -> None:
    answers = [owner.post("/v1/tts/", {"text": "Hello.", "format": "wav"}, Idempotency_Key="order 17") for _ in range(3)]
    again = owner.post("/v1/tts/", '{"format": "wav",   "text": "Hello."}', Idempotency_Key="order 17")
    assert {answer.json()["uuid"] for answer in [*answers, again]} == {answers[0].json()["uuid"]}
    assert (Job.objects.count(), owner.millicredits) == (1, 1_000_000 - 12)
    assert again.json() == answers[0].json()


def test_the_same_key_with_another_body_is_a_409(owner: Person) -> None:
    assert owner.post("/v1/tts/", {"text": "One."}, Idempotency_Key="k").status_code == 200
    answer = owner.post("/v1/tts/", {"text": "Two."}, Idempotency_Key="k")
    assert (answer.status_code, error_of(answer)["code"]) == (409, "idempotency_conflict")
    assert Job.objects.count() == 1


def test_the_same_idempotency_key_of_another_account_is_another_job(owner: Person) -> None:
    outsider = person()
    uuids = {somebody.post("/v1/tts/", {"text": "One."}, Idempotency_Key="k").json()["uuid"] for somebody in (owner, outsider)}
    assert len(uuids) == 2


def test_every_answer_is_exactly_200_and_json(owner: Person) -> None:
    answer = owner.say()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert UUID(answer.json()["uuid"]).hex == answer.json()["uuid"]
