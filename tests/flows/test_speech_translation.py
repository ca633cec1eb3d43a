"""Speech translation end to end: the translator's words in a voice of the speaker's gender."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.flows.following import entries_of, files_of, source_of, wait_until
from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import RATE, samples_of, speak
from tests.flows.running import RunningPlatform
from workers.recognition.pitch import tally_pitch

SPANISH = "La lluvia cayó durante toda la noche. Ayer compramos pan y leche en el mercado."
ENGLISH_WORDS = {"rain", "night", "yesterday", "bread", "milk", "market"}


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("translation@example.com", plan="enterprise")) as client:
        yield client


def translate(client: httpx.Client, recording: bytes, **fields: str) -> dict[str, Any]:
    answer = client.post("/v1/speech-translate/", files={"file": recording}, data=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("voice", "gender"), [("em_alex", "male"), pytest.param("ef_dora", "female", marks=pytest.mark.prove)])
@pytest.mark.prove
def test_spanish_is_translated_to_english_speech_of_the_speakers_gender(
    hearing: RunningPlatform, client: httpx.Client, listener: Listener, voice: str, gender: str
) -> None:
    spanish = speak(client, SPANISH, voice=voice)
    translated = translate(client, spanish, target_language="en")
    assert (translated["source_language"], translated["target_language"]) == ("es", "en")
    assert len({"lluvia", "noche", "pan", "leche", "mercado"} & set(plain_words(translated["original_text"]).split())) >= 4
    assert len(ENGLISH_WORDS & set(plain_words(translated["translated_text"]).split())) >= 4
    audio = httpx.get(translated["audio_url"]).content
    assert listener.word_error_rate(audio, translated["translated_text"]) <= 0.2
    assert tally_pitch(samples_of(audio)).gender == gender
    seconds = len(samples_of(spanish)) / RATE
    assert translated["credits_used"] == pytest.approx(5 * seconds / 60, abs=0.001)
    assert entries_of(hearing, translated["uuid"])["charge"] == -round(1000 * translated["credits_used"])
    kept = ["audio.mp3", "document.json", "manifest.json", "manifest.json", "timings.json"]
    wait_until(lambda: files_of(hearing, translated["uuid"]) == kept)
    wait_until(lambda: not source_of(hearing, translated["uuid"]).exists())


def test_english_is_translated_to_spanish_speech_where_apertium_is_installed(client: httpx.Client, listener: Listener) -> None:
    models = {model["id"] for model in client.get("/v1/models/").json()["models"]}
    if "apertium" not in models:
        pytest.skip("no translator writes Spanish here: apt-get install apertium-eng-spa")
    english = speak(client, "The red house is old. My friends drink cold water in the garden.", voice="am_michael")
    translated = translate(client, english, target_language="es", source_language="en", format="wav")
    assert len({"casa", "roja", "amigos", "agua", "fría", "jardín"} & set(plain_words(translated["translated_text"]).split())) >= 4
    audio = httpx.get(translated["audio_url"]).content
    assert audio[:4] == b"RIFF"
    assert listener.word_error_rate(audio, translated["translated_text"], language="es") <= 0.25
    assert tally_pitch(samples_of(audio)).gender == "male"


@pytest.mark.prove
def test_a_voice_that_was_asked_for_speaks(client: httpx.Client) -> None:
    translated = translate(client, speak(client, SPANISH, voice="em_alex"), target_language="en", voice="af_bella")
    assert tally_pitch(samples_of(httpx.get(translated["audio_url"]).content)).gender == "female"


def test_target_language_without_a_translator_is_refused_and_the_available_ones_listed(client: httpx.Client) -> None:
    answer = client.post("/v1/speech-translate/", files={"file": b"not looked at"}, data={"target_language": "zu"})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "unsupported_translation"
    assert re.search(r"any language to .*\ben\b", error["message"])
