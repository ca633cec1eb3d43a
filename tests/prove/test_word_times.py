"""Word start times against an independent aligner: pocketsphinx, from the audio alone."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.prove.speaking import worker_audio
from workers.audio.encoding import Resampler
from workers.audio.samples import SynthesisedAudio

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

SENTENCES: list[str] = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())["en"]
FRAMES_A_SECOND = 100


class Aligner:
    """English acoustic model and dictionary of pocketsphinx."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder: Any = Decoder(loglevel="FATAL", bestpath=False, lm=None)

    def knows(self, words: list[str]) -> bool:
        return all(self._decoder.lookup_word(word) is not None for word in words)

    def starts(self, words: list[str], *, samples: NDArray[np.float32]) -> list[float]:
        """Start of each word in seconds; samples: mono, 16 kHz."""
        self._decoder.set_align_text(" ".join(words))
        self._decoder.start_utt()
        self._decoder.process_raw((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        return [segment.start_frame / FRAMES_A_SECOND for segment in self._decoder.seg() if not segment.word.startswith(("<", "["))]


def at_16_khz(spoken: SynthesisedAudio) -> NDArray[np.float32]:
    resampler = Resampler(input_rate=spoken.sample_rate, output_rate=16_000)
    return np.concatenate([resampler.feed(spoken.samples), resampler.finish()])


def dictionary_words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def test_words_begin_where_the_aligner_hears_them() -> None:
    aligner, differences = Aligner(), []
    for text in SENTENCES:
        words = dictionary_words(text)
        assert aligner.knows(words), text
        spoken = worker_audio(text, language="en")
        ours = [word.start for word in spoken.words]
        theirs = aligner.starts(words, samples=at_16_khz(spoken))
        assert len(ours) == len(theirs) == len(words), text
        differences += [a - b for a, b in zip(ours, theirs, strict=True)]
    offset = float(np.median(differences))
    distances = np.abs(np.array(differences) - offset)
    print(
        f"{len(differences)} words of {len(SENTENCES)} sentences: median {np.median(distances) * 1000:.0f} ms,"
        f" p90 {np.percentile(distances, 90) * 1000:.0f} ms, offset {offset * 1000:+.0f} ms"
    )
    assert np.median(distances) <= 0.040
