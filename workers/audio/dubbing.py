"""Places spoken subtitles on their times: silence between, faster speech where one is too long for its interval."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import SynthesisedAudio
from workers.audio.tempo import change_tempo
from workers.contract.dubbing import FASTEST_FIT, Cue, SpokenCue

LEAST_INTERVAL_SECONDS: Final = 0.1
"""Interval that a subtitle has at least, however late it begins, so that its speed is a number."""


class CueTrack:
    """Sound from the start of the first subtitle on. One that is still spoken when the next should begin delays it."""

    def __init__(self, sample_rate: int, *, start_seconds: float) -> None:
        """start_seconds: time of the track's first sample in the whole."""
        self._sample_rate = sample_rate
        self._start = start_seconds
        self._written = 0

    def place(self, spoken: SynthesisedAudio, *, cue: Cue) -> tuple[SynthesisedAudio, SpokenCue]:
        """Silence up to the subtitle, and its speech [n], with words in seconds of the track.

        spoken: the subtitle at its usual speed, perhaps empty.
        """
        rate = self._sample_rate
        asked = round((cue.start - self._start) * rate)
        start = max(self._written, asked)
        interval = max(LEAST_INTERVAL_SECONDS, cue.end - self._start - start / rate)
        tempo = min(FASTEST_FIT, max(1.0, len(spoken.samples) / rate / interval))
        sound = change_tempo(spoken.samples, sample_rate=rate, tempo=tempo)
        silence: NDArray[np.float32] = np.zeros(start - self._written, np.float32)
        offset = start / rate
        words = tuple(
            replace(word, start=round(offset + word.start / tempo, 4), end=round(offset + word.end / tempo, 4)) for word in spoken.words
        )
        self._written = start + len(sound)
        times = SpokenCue(cue.start, cue.end, round(offset, 4), round(self._written / rate, 4), round(tempo, 3))
        return SynthesisedAudio(np.concatenate([silence, sound]), rate, words), times
