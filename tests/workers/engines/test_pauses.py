"""Length of a reader's pauses, measured in the sound itself: Kokoro's sentences and paragraphs as a listener hears them joined."""

import numpy as np
import pytest
from numpy.typing import NDArray

from workers.audio.joins import Joiner
from workers.contract.markup import Segment
from workers.engines.kokoro import KokoroEngine
from workers.text.script import Request, write_script

RATE = 24_000
SENTENCE_SECONDS = (0.25, 0.6)
PARAGRAPH_SECONDS = (0.5, 0.9)
BELOW_PEAK_DB = 45.0

TEXTS = {
    ("af_heart", "en"): "The harbor was quiet. A single gull cried.\n\nThe next morning was bright! Boats came home.",
    ("ef_dora", "es"): "El puerto estaba en silencio. Una gaviota gritó.\n\nLa mañana siguiente fue clara. Volvieron los barcos.",
}


def joined(kokoro: KokoroEngine, text: str, *, voice: str, language: str, speed: float = 1.0) -> NDArray[np.float32]:
    joiner, pieces = Joiner(RATE, speed=speed), []
    for utterance in write_script((Segment(text),), request=Request(voice, language), engine=kokoro).utterances:
        spoken = kokoro.speak(utterance.spoken.text, voice=voice, language=utterance.manner.language, speed=speed)
        pieces.append(joiner.feed(spoken, pause_after=utterance.pause_after).samples)
    return np.concatenate([*pieces, joiner.finish(is_last=True)])


def longest_silences(samples: NDArray[np.float32], *, count: int) -> list[float]:
    """Seconds of the longest silences inside the sound, in their order."""
    frame = RATE // 100
    power = (samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-BELOW_PEAK_DB / 10))
    gaps = np.diff(loud) - 1
    return [float(gaps[place]) / 100 for place in sorted(np.argsort(gaps)[-count:])]


@pytest.mark.parametrize(("voice", "language"), TEXTS)
def test_sentences_and_paragraphs_are_apart_as_a_reader_puts_them(kokoro: KokoroEngine, voice: str, language: str) -> None:
    silences = longest_silences(joined(kokoro, TEXTS[voice, language], voice=voice, language=language), count=3)
    first, paragraph, last = silences
    assert SENTENCE_SECONDS[0] <= first <= SENTENCE_SECONDS[1]
    assert PARAGRAPH_SECONDS[0] <= paragraph <= PARAGRAPH_SECONDS[1]
    assert SENTENCE_SECONDS[0] <= last <= SENTENCE_SECONDS[1]
    assert paragraph > max(first, last)


def test_pauses_are_divided_by_the_speed(kokoro: KokoroEngine) -> None:
    text = TEXTS["af_heart", "en"]
    slow, fast = (longest_silences(joined(kokoro, text, voice="af_heart", language="en", speed=speed), count=3) for speed in (1.0, 2.0))
    assert fast == pytest.approx([seconds / 2 for seconds in slow], abs=0.05)
