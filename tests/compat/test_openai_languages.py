"""POST /v1/audio/speech with texts in languages that the model behind OpenAI's names does not speak."""

from typing import Any

import pytest

from apps.jobs.models import Job
from tests.factories_jobs import announce
from tests.speech.people import Person
from tests.speech.test_languages import GERMAN, kokoro, pico

DUTCH = "Hoe gaat het vandaag met u en uw familie?"


@pytest.fixture(autouse=True)
def _models(_platform: None) -> None:
    announce(kokoro(), pico())


def say(who: Person, text: str, **choice: Any) -> Any:
    return who.post("/v1/audio/speech", {"input": text, "async": True, **choice}, Prefer="respond-async")


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"])
def test_german_text_under_openais_names_gets_a_german_voice_and_warning(owner: Person, model: str) -> None:
    answer = say(owner, GERMAN, model=model, voice="alloy")
    assert answer.json()["warnings"] == [
        "model: pico speaks, as the text is in German (de), which kokoro does not speak.",
        "voice: 'alloy' is not a voice of pico; pico's de-de speaks.",
    ]
    assert (Job.objects.get().engine_id, Job.objects.get().params["voice"]) == ("pico", "de-de")


def test_the_language_field_chooses_the_german_voice_for_openais_names(owner: Person) -> None:
    assert say(owner, "Hallo.", model="tts-1", voice="alloy", language="de").status_code == 200
    assert Job.objects.get().engine_id == "pico"


def test_common_german_words_are_spoken_by_a_german_voice_for_openais_names(owner: Person) -> None:
    assert say(owner, "Guten Morgen!", model="tts-1", voice="alloy").status_code == 200
    assert Job.objects.get().engine_id == "pico"


@pytest.mark.parametrize(("model", "voice"), [("tts-1", "af_bella"), ("kokoro", "alloy"), ("kokoro", "af_bella"), ("kokoro", None)])
def test_a_german_text_for_a_model_or_voice_of_ours_is_refused(owner: Person, model: str, voice: str | None) -> None:
    answer = say(owner, GERMAN, model=model, voice=voice)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "unsupported_language", "input")
    assert "Models that speak 'de': pico." in error["message"]
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


def test_a_language_that_no_model_speaks_is_refused_for_openais_names(owner: Person) -> None:
    answer = say(owner, DUTCH, model="tts-1", voice="alloy")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unsupported_language")
    assert "Dutch (nl)" in answer.json()["error"]["message"]


def test_english_and_french_texts_stay_with_the_voice_behind_openais_names(owner: Person) -> None:
    for text in ("The weather is nice today.", "Il fait très beau aujourd'hui.", "Hallo"):
        answer = say(owner, text, model="tts-1", voice="coral")
        assert (answer.status_code, answer.json().get("warnings")) == (200, None)
    assert set(Job.objects.values_list("engine_id", flat=True)) == {"kokoro"}
