"""Utterances of one channel of live audio: found by voice activity, cut at a quiet moment when they are too long."""

from typing import Final

import numpy as np

from apps.live_speech.speech_buffer import Samples, SpeechBuffer, Turn
from workers.audio.voice_activity import SpeechStopped, TurnDetector, TurnSettings

LONGEST_SECONDS: Final = 15.0
"""Longest utterance; interim results hear all of it each time."""
SEARCHED_SECONDS: Final = 5.0
"""End of a too long utterance, where the quiet moment is looked for."""
QUIET_SECONDS: Final = 0.1


class UtteranceBuffer(SpeechBuffer):
    """Audio of the utterance in progress. Speech continues after a cut: the rest is the next utterance."""

    def __init__(self, *, sample_rate: int, silence_ms: int) -> None:
        detection = TurnSettings(silence_duration_ms=silence_ms)
        super().__init__(sample_rate=sample_rate, detection=detection, longest_seconds=LONGEST_SECONDS)

    def _cut_turn(self, detector: TurnDetector) -> Turn:  # noqa: ARG002 - the speaker continues, so the detector does
        samples = np.frombuffer(bytes(self._blocks), "<i2")
        cut = len(samples) - quiet_samples_before_end(samples, sample_rate=self.sample_rate)
        end_ms = 1000 * (self._start + cut) // self.sample_rate
        return Turn(SpeechStopped(end_ms), self._take(self._start + cut), is_silence_heard=False)


def quiet_samples_before_end(samples: Samples, *, sample_rate: int) -> int:
    """Distance in samples of the quietest moment near the end, from the end."""
    window = max(1, round(QUIET_SECONDS * sample_rate))
    searched = samples[-round(SEARCHED_SECONDS * sample_rate) :].astype(np.float64)
    if len(searched) <= window:
        return 0
    energy = np.concatenate([[0.0], np.cumsum(searched**2)])
    quietest = int(np.argmin(energy[window:] - energy[:-window]))
    return len(searched) - (quietest + window // 2)
