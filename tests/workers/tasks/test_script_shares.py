"""Shares of a script for a multilingual engine: text, language, voice."""

import json
from pathlib import Path

import httpx
import pytest

from workers.contract.errors import WorkError
from workers.contract.listening import ScriptDocument
from workers.contract.messages import SpeakWork
from workers.contract.references import Address
from workers.engines.kokoro import KokoroEngine
from workers.storage import Storage
from workers.tasks.speak import _read_share

ANSWER = "Bien sûr, je peux vous aider. Que voulez-vous savoir ?"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(objects=tmp_path, scratch=tmp_path, http=httpx.Client())


def resolve(work: SpeakWork, document: ScriptDocument, *, storage: Storage, folder: Path) -> SpeakWork:
    (folder / "script.json").write_text(json.dumps(document.to_dict()))
    given = SpeakWork.from_dict({**work.to_dict(), "script": Address("folder", "script.json").to_dict()})
    return _read_share(given, engine=KokoroEngine(), storage=storage)


@pytest.mark.parametrize(
    ("answer", "asked_in", "spoken_in"),
    [(ANSWER, "fr", "fr"), (ANSWER, "en", "fr"), ("Of course, I can help you with that today.", "fr", "en"), ("OK", "it", "it")],
)
def test_an_answer_is_spoken_in_the_language_that_it_is_written_in(
    storage: Storage, tmp_path: Path, answer: str, asked_in: str, spoken_in: str
) -> None:
    document = ScriptDocument("?", answer, asked_in, asked_in, (answer,))
    work = resolve(SpeakWork("kokoro", "af_bella", ""), document, storage=storage, folder=tmp_path)
    assert (work.text, work.voice, work.language) == (answer, "af_bella", spoken_in)


def test_an_answer_in_a_language_that_the_engine_does_not_speak_fails(storage: Storage, tmp_path: Path) -> None:
    answer = "Natürlich kann ich Ihnen helfen. Was möchten Sie wissen?"
    with pytest.raises(WorkError, match=r"The text is in German \(de\), which Kokoro does not speak") as failure:
        resolve(SpeakWork("kokoro", "", ""), ScriptDocument("?", answer, "de", "de", (answer,)), storage=storage, folder=tmp_path)
    assert failure.value.code == "unsupported_language"


def test_a_language_that_the_work_names_is_not_guessed(storage: Storage, tmp_path: Path) -> None:
    document = ScriptDocument("?", ANSWER, "en", "es", (ANSWER,), gender="female")
    work = resolve(SpeakWork("kokoro", "", "", language="es", voices={"female": "ef_dora"}), document, storage=storage, folder=tmp_path)
    assert (work.language, work.voice) == ("es", "ef_dora")


@pytest.mark.parametrize(("gender", "voice"), [("female", "ef_dora"), ("male", "em_alex"), ("neutral", "ef_dora"), ("", "ef_dora")])
def test_the_voice_is_that_of_the_speakers_gender(storage: Storage, tmp_path: Path, gender: str, voice: str) -> None:
    document = ScriptDocument("?", "Hola.", "en", "es", ("Hola.",), gender=gender)
    voices = {"female": "ef_dora", "male": "em_alex"}
    work = resolve(SpeakWork("kokoro", "", "", language="es", voices=voices), document, storage=storage, folder=tmp_path)
    assert work.voice == voice


def test_a_work_message_without_a_script_is_unchanged(storage: Storage) -> None:
    work = SpeakWork("kokoro", "", "Hello.")
    assert _read_share(work, engine=KokoroEngine(), storage=storage) is work
