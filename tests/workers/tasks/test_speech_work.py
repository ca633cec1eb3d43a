"""Work of a `speak` part as a worker reads it: shares of a script for an engine with several languages, and messages of earlier versions."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.workers.voices import voice_ref
from workers.contract.errors import WorkError
from workers.contract.messages import SpeakWork
from workers.contract.references import Address
from workers.contract.transcription import ScriptDocument
from workers.contract.voices import VoiceRef
from workers.engines.kokoro import KokoroEngine
from workers.storage import Storage
from workers.tasks.speech_work import read_speak_work

ENGINE = KokoroEngine()
SPEC = ENGINE.spec
VOICES = tuple(map(SPEC.voice_ref, SPEC.voices))
BELLA, DORA, ALEX = (voice_ref(ENGINE, voice) for voice in ("af_bella", "ef_dora", "em_alex"))
ANSWER = "Bien sûr, je peux vous aider. Que voulez-vous savoir ?"
SPANISH = "Mañana iremos a la playa con nuestros amigos."


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(objects=tmp_path, scratch=tmp_path, http=httpx.Client())


def read(work: dict[str, Any], storage: Storage, *, folder: Path, document: ScriptDocument | None = None) -> SpeakWork:
    """The work as it comes from the broker, with the script in the store."""
    if document is not None:
        (folder / "script.json").write_text(json.dumps(document.to_dict()))
        work = {**work, "script": Address("folder", "script.json").to_dict()}
    return read_speak_work(json.loads(json.dumps(work)), spec=SPEC, storage=storage)


@pytest.mark.parametrize(
    ("answer", "asked_in", "spoken_in", "voice"),
    [
        (ANSWER, "fr", "fr-fr", "ff_siwis"),
        (ANSWER, "en", "fr-fr", "ff_siwis"),
        ("Of course, I can help you with that today.", "fr", "en-us", "af_bella"),
        ("OK", "it", "it", "if_sara"),
    ],
)
def test_answer_is_spoken_in_its_own_language_by_a_voice_of_the_table(
    storage: Storage, tmp_path: Path, *, answer: str, asked_in: str, spoken_in: str, voice: str
) -> None:
    document = ScriptDocument("?", answer, asked_in, asked_in, (answer,), gender="male")
    work = read(SpeakWork("kokoro", BELLA, "", voices=VOICES).to_dict(), storage, folder=tmp_path, document=document)
    assert (work.text, work.language, work.voice) == (answer, spoken_in, voice_ref(ENGINE, voice))


def test_answer_in_a_language_that_the_engine_does_not_speak_fails(storage: Storage, tmp_path: Path) -> None:
    answer = "Natürlich kann ich Ihnen helfen. Was möchten Sie wissen?"
    document = ScriptDocument("?", answer, "de", "de", (answer,))
    with pytest.raises(WorkError, match=r"The text is in German \(de\), which Kokoro does not speak") as failure:
        read(SpeakWork("kokoro", BELLA, "").to_dict(), storage, folder=tmp_path, document=document)
    assert failure.value.code == "unsupported_language"


@pytest.mark.parametrize(("gender", "voice"), [("female", DORA), ("male", ALEX), ("neutral", DORA), ("", DORA)])
def test_translation_is_spoken_in_the_named_language_by_the_speakers_gender(
    storage: Storage, tmp_path: Path, gender: str, voice: VoiceRef
) -> None:
    document = ScriptDocument("?", ANSWER, "en", "es", (ANSWER,), gender=gender)
    given = SpeakWork("kokoro", None, "", language="es", voices=(DORA, ALEX))
    work = read(given.to_dict(), storage, folder=tmp_path, document=document)
    assert (work.language, work.voice) == ("es", voice)


def test_work_without_a_script_is_read_as_it_was_sent(storage: Storage, tmp_path: Path) -> None:
    work = SpeakWork("kokoro", BELLA, "Hello.", language="en-us")
    assert read(work.to_dict(), storage, folder=tmp_path) == work


@pytest.mark.parametrize(
    ("older", "voice", "language", "is_detected"),
    [
        ({"voice": "af_bella"}, "ef_dora", "es", True),
        ({"voice": "af_bella", "language": "en"}, "af_bella", "en-us", False),
        ({"voice": "", "sample": "Tomorrow we go to the beach with our friends."}, "af_bella", "en-us", True),
        ({"voice": "ef_dora"}, "ef_dora", "es", False),
    ],
)
def test_work_of_an_earlier_version_gets_its_voice_and_language_from_the_worker(
    storage: Storage, tmp_path: Path, *, older: dict[str, str], voice: str, language: str, is_detected: bool
) -> None:
    work = read({"engine": "kokoro", "text": SPANISH, "speed": 1.5, **older}, storage, folder=tmp_path)
    assert work.voice == voice_ref(ENGINE, voice)
    assert (work.text, work.speed, work.language, work.is_language_detected) == (SPANISH, 1.5, language, is_detected)


def test_markup_of_an_earlier_version_keeps_its_named_voices(storage: Storage, tmp_path: Path) -> None:
    segments = [{"text": "Hello. ", "start": 0}, {"text": "Ciao.", "start": 7, "voice": "im_nicola"}]
    work = read({"engine": "kokoro", "voice": "bf_emma", "text": "Hello. Ciao.", "segments": segments}, storage, folder=tmp_path)
    assert (work.voice, work.language, work.voices) == (voice_ref(ENGINE, "bf_emma"), "en-gb", (voice_ref(ENGINE, "im_nicola"),))
    assert [(segment.text, segment.voice_index, segment.language) for segment in work.segments] == [("Hello. ", 0, ""), ("Ciao.", 1, "it")]


@pytest.mark.parametrize(
    ("older", "gender", "voice", "language"),
    [
        ({"voice": "", "language": "es", "voices": {"male": "em_alex", "female": "ef_dora"}}, "male", ALEX, "es"),
        ({"voice": "", "language": "es", "voices": {"male": "em_alex", "female": "ef_dora"}}, "", DORA, "es"),
        ({"voice": "", "voices": {}}, "male", voice_ref(ENGINE, "ff_siwis"), "fr-fr"),
        ({"voice": "am_adam"}, "", voice_ref(ENGINE, "ff_siwis"), "fr-fr"),
    ],
)
def test_script_of_an_earlier_version_is_spoken_as_it_was_then(
    storage: Storage, tmp_path: Path, *, older: dict[str, Any], gender: str, voice: VoiceRef, language: str
) -> None:
    document = ScriptDocument("?", ANSWER, "en", "en", (ANSWER,), gender=gender)
    work = read({"engine": "kokoro", "text": "", **older}, storage, folder=tmp_path, document=document)
    assert (work.voice, work.language) == (voice, language)


def test_unknown_voice_of_an_earlier_version_fails_with_its_code(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="Kokoro has no voice 'nobody'") as failure:
        read({"engine": "kokoro", "text": "Hello.", "voice": "nobody"}, storage, folder=tmp_path)
    assert failure.value.code == "unknown_voice"
