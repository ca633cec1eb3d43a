"""POST /v1/speech-translate/ through sockets; the tests write the documents of the workers."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.factories_jobs import AUDIO, announce, engine_spec
from tests.speech.people import Person
from tests.transcription.conftest import HEARD, WHISPER, making
from tests.web.shell import RunningShell
from workers.contract.cloning import VoiceReport
from workers.contract.engines import Directions, EngineSpec, VoiceSpec
from workers.contract.transcription import ScriptDocument

SCRIPT = ScriptDocument("Hello there.", "Hola.", "en", "es", ("Hola.",), gender="female")
MADE = {"listen": HEARD, "transcript": HEARD, "translate": SCRIPT}


def translator(engine_id: str, *directions: Directions, languages: tuple[str, ...] = ("en", "es", "fr")) -> EngineSpec:
    return engine_spec(engine_id, kind="translate", voices=(), default_voice="", languages=languages, directions=directions)


def speaker() -> EngineSpec:
    voices = (
        VoiceSpec("af_bella", name="Bella", language="en-us", gender="female"),
        VoiceSpec("ef_dora", name="Dora", language="es", gender="female"),
        VoiceSpec("em_alex", name="Alex", language="es", gender="male"),
    )
    return engine_spec(voices=voices, languages=("en", "es"))


@pytest.fixture(autouse=True)
def _workers(_platform: None) -> None:
    announce(speaker(), engine_spec("whisper", **WHISPER), translator("apertium", Directions("en", ("es",))))


def translate(
    server: RunningShell, somebody: Person, content: bytes, *, path: str = "/v1/speech-translate/", **fields: Any
) -> httpx.Response:
    fields = {"target_language": "es", **fields}
    return httpx.post(f"{server.url}{path}", files={"file": ("audio.wav", content)}, data=fields, headers=somebody.headers, timeout=60)


def kinds(job: Job) -> list[tuple[str, int, str]]:
    return list(job.parts.order_by("index").values_list("kind", "stage", "queue"))


def test_speech_becomes_speech_in_another_language(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        answer = translate(server, owner, song)
    job = Job.objects.get()
    assert answer.status_code == 200, answer.text
    reported = {
        name: answer.json()[name] for name in ("original_text", "translated_text", "source_language", "target_language", "credits_used")
    }
    assert reported == {
        "original_text": "Hello there.",
        "translated_text": "Hola.",
        "source_language": "en",
        "target_language": "es",
        "credits_used": 0.167,
    }
    assert httpx.get(answer.json()["audio_url"]).content == AUDIO
    assert kinds(job) == [("listen", 0, "whisper"), ("translate", 1, "apertium"), ("speak", 2, "kokoro")]
    assert (job.kind, job.units, job.charged_millicredits, owner.millicredits) == ("speech-translation", 2000, 167, 1_000_000 - 167)
    assert list(job.parts.order_by("index").values_list("weight", flat=True)) == [4000, 2000, 4000]


def test_voices_are_those_of_the_language_by_gender(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        translate(server, owner, song)
    work = Job.objects.get().parts.get(kind="speak").work
    assert (work["voice"], [voice["id"] for voice in work["voices"]], work["language"]) == (None, ["ef_dora", "em_alex"], "es")
    assert work["script"]["key"].endswith("document.json")


def test_a_voice_that_was_asked_for_speaks(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        translate(server, owner, song, voice="em_alex", format="wav")
    work = Job.objects.get().parts.get(kind="speak").work
    assert (work["voice"]["id"], work["voice"]["language"], work["format"]) == ("em_alex", "es", "wav")


def test_mix_of_voices_speaks_a_translation_in_any_language_of_its_model(server: RunningShell, owner: Person, song: bytes) -> None:
    whisper, apertium = engine_spec("whisper", **WHISPER), translator("apertium", Directions("en", ("es",)))
    announce(replace(speaker(), has_mixing=True), whisper, apertium)
    with making(MADE):
        answer = translate(server, owner, song, voice="af_bella(2)+em_alex(1)")
    assert answer.status_code == 200, answer.text
    voice = Job.objects.get().parts.get(kind="speak").work["voice"]
    assert (voice["id"], voice["language"], voice["engine"]) == ("af_bella(2)+em_alex(1)", "es", "kokoro")
    assert voice["weights"] == [{"voice": "af_bella", "weight": 2.0}, {"voice": "em_alex", "weight": 1.0}]


def test_mix_of_a_model_that_mixes_nothing_is_refused_for_a_translation(server: RunningShell, owner: Person, song: bytes) -> None:
    answer = translate(server, owner, song, voice="ef_dora+em_alex")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "mix_not_supported", "voice")


def test_a_long_recording_is_spoken_in_shares_that_are_joined(server: RunningShell, owner: Person, song: bytes, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.translation.services.SHARE_MILLISECONDS", 1000)
    with making(MADE):
        translate(server, owner, song)
    job = Job.objects.get()
    assert [kind for kind, _, _ in kinds(job)] == ["listen", "translate", "speak", "speak", "join"]
    speaking = [part.work for part in job.parts.filter(kind="speak").order_by("index")]
    assert [(work["share"], work["is_last"], work["format"]) for work in speaking] == [(0, False, "flac"), (1, True, "flac")]
    assert job.parts.get(kind="translate").work["shares"] == 2


def test_english_needs_no_translator(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        translate(server, owner, song, target_language="en")
    job = Job.objects.get()
    assert job.parts.get(kind="listen").work["has_english"] is True
    assert (job.parts.get(kind="translate").work["engine"], job.parts.get(kind="translate").queue) == ("", "whisper")


def test_a_pair_without_a_translator_is_translated_through_english(server: RunningShell, owner: Person, song: bytes) -> None:
    announce(
        speaker(), engine_spec("whisper", **{**WHISPER, "languages": ("en", "es", "de")}), translator("apertium", Directions("en", ("es",)))
    )
    with making(MADE):
        translate(server, owner, song, source_language="de")
        translate(server, owner, song, source_language="en")
    listened = [job.parts.get(kind="listen").work["has_english"] for job in Job.objects.order_by("created_at")]
    assert listened == [True, False]
    assert [job.engine_id for job in Job.objects.all()] == ["apertium", "apertium"]


def test_a_language_that_no_voice_speaks_is_not_among_what_there_is(server: RunningShell, owner: Person, song: bytes) -> None:
    announce(
        speaker(), engine_spec("whisper", **WHISPER), translator("apertium", Directions("en", ("ca", "es")), Directions("es", ("ca",)))
    )
    unknown = translate(server, owner, song, target_language="fr").json()["error"]
    assert (unknown["code"], unknown["param"]) == ("unsupported_translation", "target_language")
    assert unknown["message"] == "No available translator translates into 'fr'. Available: any language to en, es; en to es."
    unspoken = translate(server, owner, song, target_language="ca").json()["error"]
    assert (unspoken["code"], unspoken["message"]) == ("unsupported_language", "No available voice speaks 'ca'. Languages: en, es.")


def test_the_same_language_is_spoken_as_it_was_said(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        translate(server, owner, song, target_language="es", source_language="es")
    work = Job.objects.get().parts.get(kind="translate").work
    assert (work["engine"], work["source_language"], work["target_language"]) == ("", "es", "es")


def test_a_translator_of_many_languages_goes_before_one_of_draft_quality(server: RunningShell, owner: Person, song: bytes) -> None:
    announce(
        speaker(),
        engine_spec("whisper", **WHISPER),
        translator("apertium", Directions("en", ("es",))),
        translator("nllb", Directions("*", ("en", "es", "fr"))),
        sent_at=None,
    )
    with making(MADE):
        translate(server, owner, song)
        translate(server, owner, song, target_language="en")
    assert [job.engine_id for job in Job.objects.order_by("created_at")] == ["nllb", "nllb"]


def test_a_request_that_does_not_wait_finds_the_texts_in_its_result(server: RunningShell, owner: Person, song: bytes) -> None:
    queued = translate(server, owner, song, path="/v1/speech-translate/?async=1").json()
    with making(MADE):
        httpx.get(f"{server.url}/v1/jobs/{queued['uuid']}/events", headers=owner.headers, timeout=60)
    polled = httpx.get(f"{server.url}/v1/speech/results/?uuid={queued['uuid']}").json()
    assert (polled["status"], polled["format"], polled["result"]["translated_text"]) == ("completed", "mp3", "Hola.")


def announce_cloning() -> None:
    clone = engine_spec(
        "kokoro-clone", voices=(), default_voice="", languages=("en", "es"), has_cloning=True, base_engine="kokoro", queue="kokoro"
    )
    enroller = engine_spec("kokoro-enrol", kind="enrol", voices=(), default_voice="", base_engine="kokoro", queue="enrolment")
    announce(speaker(), engine_spec("whisper", **WHISPER), translator("apertium", Directions("en", ("es",))), clone, enroller)


def test_the_speakers_voice_is_kept_by_a_likeness_found_in_the_recording(server: RunningShell, owner: Person, song: bytes) -> None:
    announce_cloning()
    report = VoiceReport((), "en", "male", (1.0,) + (0.0,) * 255, "am_adam", 4.7, 0.2)
    with making({**MADE, "examine_voice": report}):
        answer = translate(server, owner, song, preserve_voice="True")
    job = Job.objects.get()
    assert (answer.status_code, answer.json()["credits_used"]) == (200, 0.167), answer.text
    assert kinds(job) == [
        ("listen", 0, "whisper"),
        ("translate", 1, "apertium"),
        ("examine_voice", 1, "examination"),
        ("speak", 2, "kokoro"),
    ]
    work = job.parts.get(kind="speak").work
    assert (work["engine"], work["voice"]["engine"], work["voice"]["language"]) == ("kokoro-clone", "kokoro-clone", "es")
    assert work["voice"]["conditioning"]["key"].endswith("likeness.safetensors")
    assert len(work["voice"]["version"]) == 64


def test_preserve_voice_without_a_demanded_consent_is_refused(server: RunningShell, owner: Person, song: bytes, settings: Any) -> None:
    announce_cloning()
    settings.TTSAI_REQUIRE_CONSENT = True
    answer = translate(server, owner, song, preserve_voice="True")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "consent_required")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"target_language": "fr"}, ("unsupported_translation", "any language to en, es; en to es")),
        ({"target_language": "es", "source_language": "fr"}, ("unsupported_language", "Supported: en, es")),
        ({"target_language": "?"}, ("invalid_language", "not a language tag")),
        ({"voice": "nobody"}, ("unknown_voice", "/v1/voices/")),
        ({"voice": "af_bella"}, ("voice_language_mismatch", "speaks en-us, not es")),
        ({"preserve_voice": "True"}, ("model_cannot_clone", "preserve_voice")),
        ({"preserve_voice": "True", "voice": "em_alex"}, ("conflicting_voice", "leave one of them out")),
        ({"format": "docx"}, ("invalid_request", "docx")),
    ],
)
def test_an_invalid_request_is_refused_before_the_file_is_ingested(
    server: RunningShell, owner: Person, song: bytes, fields: dict[str, str], refusal: tuple[str, str]
) -> None:
    answer = translate(server, owner, song, **fields)
    code, words = refusal
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert words in answer.json()["error"]["message"]
    assert not Upload.objects.exists()
