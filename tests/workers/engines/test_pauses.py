"""Pauses of Kokoro's joined sentences and paragraphs, measured in the audio."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.voices import voice_ref
from workers.audio.joins import Joiner
from workers.contract.messages import SpeakWork
from workers.engines.kokoro import KokoroEngine
from workers.text.script import write_script

RATE = 24_000
SENTENCE_SECONDS = (0.25, 0.6)
PARAGRAPH_SECONDS = (0.5, 0.9)
BELOW_PEAK_DB = 45.0

VOICES = {"en": "af_heart", "es": "ef_dora"}
TEXTS = {
    "en": "The harbor was quiet. A single gull cried.\n\nThe next morning was bright! Boats came home.",
    "es": "El puerto estaba en silencio. Una gaviota gritó.\n\nLa mañana siguiente fue clara. Volvieron los barcos.",
}


def joined(kokoro: KokoroEngine, text: str, *, language: str, speed: float = 1.0) -> NDArray[np.float32]:
    voice, joiner, pieces = VOICES[language], Joiner(RATE, speed=speed), []
    work = SpeakWork("kokoro", voice_ref(kokoro, voice), text, language)
    for utterance in write_script(work, engine=kokoro).utterances:
        spoken = kokoro.speak(utterance.spoken.text, voice=voice_ref(kokoro, voice), language=utterance.settings.language, speed=speed)
        pieces.append(joiner.feed(spoken, pause_after=utterance.pause_after).samples)
    return np.concatenate([*pieces, joiner.finish(is_last=True)])


@pytest.fixture(scope="module")
def english(kokoro: KokoroEngine) -> NDArray[np.float32]:
    """The English text at normal speed."""
    return joined(kokoro, TEXTS["en"], language="en")


def longest_silences(samples: NDArray[np.float32], *, count: int) -> list[float]:
    """Seconds of the longest silences inside the audio, in order."""
    frame = RATE // 100
    power = (samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-BELOW_PEAK_DB / 10))
    gaps = np.diff(loud) - 1
    return [float(gaps[place]) / 100 for place in sorted(np.argsort(gaps)[-count:])]


@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=pytest.mark.prove)])
def test_sentences_and_paragraphs_are_apart_as_a_reader_puts_them(
    kokoro: KokoroEngine, english: NDArray[np.float32], language: str
) -> None:
    samples = english if language == "en" else joined(kokoro, TEXTS[language], language=language)
    first, paragraph, last = longest_silences(samples, count=3)
    assert SENTENCE_SECONDS[0] <= first <= SENTENCE_SECONDS[1]
    assert PARAGRAPH_SECONDS[0] <= paragraph <= PARAGRAPH_SECONDS[1]
    assert SENTENCE_SECONDS[0] <= last <= SENTENCE_SECONDS[1]
    assert paragraph > max(first, last)


def test_pauses_are_divided_by_the_speed(kokoro: KokoroEngine, english: NDArray[np.float32]) -> None:
    twice_as_fast = joined(kokoro, TEXTS["en"], language="en", speed=2.0)
    slow, fast = (longest_silences(samples, count=3) for samples in (english, twice_as_fast))
    assert fast == pytest.approx([seconds / 2 for seconds in slow], abs=0.05)
