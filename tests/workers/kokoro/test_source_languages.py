"""Languages of recordings that Kokoro is aligned with though it does not speak them."""

import json

import numpy as np
import pytest

from workers.cloning.phonemes import can_phonemise, phonemise
from workers.cloning.speaking import speak_demo
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.kokoro.accents import LANGUAGES
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.source_languages import ESPEAK_VOICES, find_source_obstacle
from workers.kokoro.voice_file import KokoroVoice
from workers.recognition.whisper.languages import MULTILINGUAL
from workers.text.g2p import espeak
from workers.weights.store import WeightStore

SENTENCES = {
    "de": ("Ich hörte 23 Uhren im Garten, für den Pfarrer.", "ɪç hˈœɾtə dɾˈIʊntʦvˌanʦɪç ˈuːrən ɪm ɡˈaɾtən, fyːɾ deːn pfˈarɜ."),
    "de-AT": ("Häuser und Züge", "hˈYzɜ ʊnt ʦˈyːɡə"),
    "nl": ("het huis, goedemorgen", "hət hˈœys, ɣˈudəmˌɔrɣən"),
    "pl": ("Chrząszcz i Łódź", "xʃˈɔ̃ʃʧ i wˈuʨ"),
    "cs": ("Strč řeka prst", "stˈᵊrʧ rʒˈeka pˈᵊrst"),
    "ru": ("Доброе утро", "dˈobrʌjɪ ˈutrʌ"),
    "sv": ("sjutton sköna", "ʃˈøtːuːn ʃˈøːna"),
    "tr": ("büzüşesiceler", "byzyʃesˈiʤɛlɛr"),
}


@pytest.fixture(scope="module")
def vocabulary() -> set[str]:
    return set(json.loads(WeightStore.default().path("kokoro", "vocab.json").read_text("utf-8"))["vocab"])


@pytest.mark.parametrize("language", SENTENCES)
def test_words_of_a_source_language_become_sounds_that_kokoro_knows(language: str, vocabulary: set[str]) -> None:
    text, phonemes = SENTENCES[language]
    assert phonemise(text, language=language) == phonemes
    assert set(phonemes) <= vocabulary


def test_every_source_language_can_be_phonemised_here_and_is_recognised() -> None:
    assert {*LANGUAGES, *ESPEAK_VOICES} <= set(MULTILINGUAL)
    assert not set(ESPEAK_VOICES) & set(LANGUAGES)
    assert {language: find_source_obstacle(language) for language in ESPEAK_VOICES} == dict.fromkeys(ESPEAK_VOICES, "")


def test_numbers_in_every_source_language_lose_no_sound(vocabulary: set[str]) -> None:
    lost = {language: set(phonemise("1 2 3 4 5 6 7 8 9 12 20 100 1000", language=language)) - vocabulary for language in ESPEAK_VOICES}
    assert {language: marks for language, marks in lost.items() if marks} == {}


def test_a_language_without_an_espeak_voice_has_an_obstacle_with_its_name() -> None:
    assert find_source_obstacle("he") == "Kokoro has no pronunciation for the language 'he'."
    assert not can_phonemise("he")


def test_without_espeak_its_languages_cannot_be_phonemised_and_english_can(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing() -> tuple[str, str]:
        raise WorkError(ENGINE_UNAVAILABLE, "install the package espeakng-loader")

    monkeypatch.setattr(espeak, "_program", espeak.EspeakProgram())
    monkeypatch.setattr(espeak, "espeak_files", find_nothing)
    assert find_source_obstacle("de") == "install the package espeakng-loader"
    assert (can_phonemise("de"), can_phonemise("en")) == (False, True)


def test_a_demo_in_a_language_that_kokoro_only_hears_is_half_a_second_of_silence() -> None:
    runtime = KokoroRuntime.__new__(KokoroRuntime)  # not loaded, since it is not to speak
    demo = speak_demo(runtime, KokoroVoice({"af_heart": 1.0}, {"af_heart": 1.0}), "Guten Tag.", language="de")
    assert (len(demo), float(np.abs(demo).max())) == (12_000, 0.0)
