"""Texts read by an engine with word timings."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.workers.voices import voice_ref
from workers.audio.encoding import Resampler
from workers.audio.joins import Joiner
from workers.contract.messages import SpeakWork
from workers.contract.speech import WordTiming
from workers.engines.hibari import HibariEngine
from workers.text.script import write_script

LONG_TEXT = """\
The lighthouse stood at the very end of the headland, where the road gave up and the grass took over. Every evening, a little
before sunset, the keeper climbed one hundred and forty-two steps with a can of oil in either hand. He did not count them any
more. His knees did. On the third of March the wind turned, and with it came the first of the great storms, which nobody in the
village had expected. Boats that had been tied to the same ring for thirty years were found in the fields; one of them, a blue
one, lay upside down on the roof of the school. The children were delighted. When morning came, the keeper looked out and saw that
the sea had taken the lower path, the bench, and most of the fence. “Well,” he said to nobody in particular, “I never liked that
fence.” It took four men and a horse eleven days to mend the road, and during all that time the lamp was lit at 6:45 and put
out at dawn, exactly as before. No ship was lost.""".replace("\n", " ")


@dataclass(frozen=True)
class Reading:
    """Text, audio at 16 kHz and the time of each word."""

    text: str
    samples: NDArray[np.float32]
    words: list[WordTiming]

    @property
    def seconds(self) -> float:
        return len(self.samples) / 16_000

    def save(self, path: Path, *, rate: int = 16_000) -> Path:
        soundfile.write(path, self.samples, rate)
        return path


@cache
def engine() -> HibariEngine:
    hibari = HibariEngine()
    hibari.load()
    return hibari


@cache
def read_aloud(text: str) -> Reading:
    """Read a text as a worker does, with pauses between sentences."""
    joiner, pieces, words = Joiner(24_000), [], []
    script = write_script(SpeakWork("hibari", voice_ref(engine(), "heart"), text, "en"), engine=engine())
    for utterance in script.utterances:
        spoken = engine().speak(utterance.spoken.text, voice=voice_ref(engine(), "heart"), language="en", speed=1.0)
        written = utterance.written_words(spoken.words, text=text)
        joined = joiner.feed(type(spoken)(spoken.samples, spoken.sample_rate, written), pause_after=utterance.pause_after)
        pieces.append(joined.samples)
        words += joined.words
    pieces.append(joiner.finish(is_last=True))
    return Reading(text, _to_16_khz(np.concatenate(pieces)), words)


def _to_16_khz(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    resampler = Resampler(input_rate=24_000, output_rate=16_000)
    return np.concatenate([resampler.feed(samples), resampler.finish()])
