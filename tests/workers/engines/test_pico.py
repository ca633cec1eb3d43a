"""Pico, with the voices in its wheel."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workers.engines.conftest import median_pitch, sounding_seconds
from tests.workers.voices import voice_ref
from workers.audio.samples import SynthesisedAudio
from workers.contract.errors import WorkError
from workers.contract.tags import primary_tag
from workers.engines.pico import LONGEST_WORD, PicoEngine, readable

TEXTS = {
    "de-de": "Die Bibliothek schließt heute früher.",
    "en-gb": "The library closes early today.",
    "en-us": "The library closes early today.",
    "es-es": "La biblioteca cierra temprano hoy.",
    "fr-fr": "La bibliothèque ferme tôt aujourd'hui.",
    "it-it": "La biblioteca chiude presto oggi.",
}
ENGLISH = "The museum keeps its oldest maps in a dark, dry room."


@pytest.fixture(scope="module")
def pico() -> Iterator[PicoEngine]:
    engine = PicoEngine()
    engine.load()
    yield engine
    engine.unload()


def test_the_languages_are_those_of_the_voices() -> None:
    spec = PicoEngine.spec
    assert set(spec.languages) == {primary_tag(voice.language) for voice in spec.voices}
    assert {voice.id for voice in spec.voices} == TEXTS.keys()
    assert "draft quality" in spec.description


def test_speech_is_transcribed_as_its_text(pico: PicoEngine, error_rate: Callable[[SynthesisedAudio, str], float]) -> None:
    assert error_rate(pico.speak(ENGLISH, voice=voice_ref(pico, "en-us"), language="en", speed=1.0), ENGLISH) <= 0.2


@pytest.mark.parametrize("voice", TEXTS)
def test_every_voice_is_female_as_announced_and_does_not_clip(pico: PicoEngine, voice: str) -> None:
    spoken = pico.speak(TEXTS[voice], voice=voice_ref(pico, voice), language=voice, speed=1.0)
    assert 155 < median_pitch(spoken) < 255
    assert np.abs(spoken.samples).max() < 0.98
    assert 1.0 < sounding_seconds(spoken) < 5.0


def test_a_sentence_always_sounds_the_same(pico: PicoEngine) -> None:
    first, second = (pico.speak("Guten Tag.", voice=voice_ref(pico, "de-de"), language="", speed=1.0) for _ in range(2))
    assert np.array_equal(first.samples, second.samples)


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.75, 1.5, 2.0, 4.0])
def test_speech_takes_as_long_as_its_speed_asks(pico: PicoEngine, speed: float) -> None:
    usual, asked = (
        sounding_seconds(pico.speak(TEXTS["de-de"], voice=voice_ref(pico, "de-de"), language="de", speed=one)) for one in (1.0, speed)
    )
    assert usual / asked == pytest.approx(speed, rel=0.12)


@pytest.mark.parametrize(
    "text", ["ä" * 3000, "9" * 500, "wort " * 500, "A\0B", "." * 500 + "a", "Hallo <play file='/etc/passwd'/> Ende", "()[]{}\\^~`|" * 20 + "ja"]
)  # fmt: skip
def test_a_hostile_text_is_cut_into_sentences_that_are_all_spoken(pico: PicoEngine, text: str) -> None:
    sentences = pico.split(text, language="de")
    assert "".join(sentence.text for sentence in sentences) == text
    for sentence in (sentences[0], sentences[-1]):
        assert len(pico.speak(sentence.text, voice=voice_ref(pico, "de-de"), language="de", speed=1.0).samples) > 1000


@settings(max_examples=examples(40))
@given(text=st.text(max_size=150), voice=st.sampled_from(sorted(TEXTS)))
def test_any_text_with_a_readable_letter_is_spoken(pico: PicoEngine, text: str, voice: str) -> None:
    assume(any(map(str.isalnum, readable(text))))
    for sentence in pico.split(text, language=voice[:2]):
        assert len(pico.speak(sentence.text, voice=voice_ref(pico, voice), language="", speed=1.0).samples) > 0


def test_a_word_is_never_longer_than_pico_can_take() -> None:
    sentences = PicoEngine().split("Donaudampfschifffahrt" * 50, language="de")
    assert max(len(word) for sentence in sentences for word in sentence.text.split()) <= LONGEST_WORD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grüße, naïve Straße!", "Grüße, naïve Straße!"),
        ("Łódź, Kőszeg und ein cœur", "Lódz, Koszeg und ein coeur"),
        ("<speed level='9'>a & b</speed>", "speed level '9' a b speed"),
        ("Wirklich?!... Ja!!!", "Wirklich? Ja!"),
        ("Привет 你好 🎉", ""),
    ],
)
def test_text_becomes_what_pico_can_read(text: str, expected: str) -> None:
    assert readable(text) == expected


@pytest.mark.parametrize(
    ("text", "voice", "language", "code"),
    [
        ("Hallo.", "emma", "de", "unknown_voice"),
        ("Hallo.", "de-de", "nl", "unsupported_language"),
        ("...", "de-de", "de", "nothing_to_say"),
    ],
)
def test_invalid_input_is_refused_with_a_code(pico: PicoEngine, text: str, voice: str, language: str, code: str) -> None:
    with pytest.raises(WorkError) as refusal:
        pico.speak(text, voice=voice_ref(pico, voice), language=language, speed=1.0)
    assert refusal.value.code == code
