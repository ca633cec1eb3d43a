"""Finds the turns of a speaker in live audio: where speech starts and stops."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.audio.voice_activity.silero import FRAME_SAMPLES, SpeechDetector

FRAME_MS: Final = 1000 * FRAME_SAMPLES / RECOGNITION_SAMPLE_RATE
HYSTERESIS: Final = 0.15
"""Speech continues while its probability stays above the threshold less this, as Silero's own thresholds have it."""
STARTING_FRAMES: Final = 3
"""Frames above the threshold, of the last STARTING_WINDOW, after which speech has started: a click is shorter."""
STARTING_WINDOW: Final = 5
FEED_SAMPLES: Final = RECOGNITION_SAMPLE_RATE
"""Samples that are detected at once, which bounds the memory of a long block."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Settings of turn detection; OpenAI's defaults."""

    threshold: float = 0.5
    """Probability from which on a frame counts as speech."""
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Start of speech, with the padding before it."""

    start_ms: int
    """Milliseconds from the beginning of the stream."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """End of speech, with the silence by which it was recognised."""

    end_ms: int
    """Milliseconds from the beginning of the stream."""


class TurnDetector:
    """Feeds samples to the detector and turns its probabilities into starts and stops of speech."""

    def __init__(self, settings: TurnSettings) -> None:
        self.settings = settings
        self._detector = SpeechDetector()
        self._frames = 0
        """Frames that were detected."""
        self._latest: deque[bool] = deque(maxlen=STARTING_WINDOW)
        self._silent_since: int | None = None
        self.is_speaking = False

    def feed(self, samples: NDArray[np.float32]) -> list[SpeechStarted | SpeechStopped]:
        """Turns that these samples (mono, 16 kHz, full scale 1.0) start or stop."""
        found: list[SpeechStarted | SpeechStopped] = []
        for start in range(0, len(samples), FEED_SAMPLES):
            for probability in self._detector.feed(samples[start : start + FEED_SAMPLES]):
                event = self._add(float(probability))
                found += [event] if event is not None else []
        return found

    def stop(self) -> None:
        """Forget a turn that its owner has ended; speech that continues starts the next one."""
        self.is_speaking = False
        self._latest.clear()

    def _add(self, probability: float) -> SpeechStarted | SpeechStopped | None:
        self._frames += 1
        return self._add_spoken(probability) if self.is_speaking else self._add_silent(probability)

    def _add_silent(self, probability: float) -> SpeechStarted | None:
        self._latest.append(probability >= self.settings.threshold)
        if sum(self._latest) < STARTING_FRAMES:
            return None
        first = self._frames - len(self._latest) + self._latest.index(True)
        self.is_speaking, self._silent_since = True, None
        self._latest.clear()
        return SpeechStarted(max(0, round(first * FRAME_MS) - self.settings.prefix_padding_ms))

    def _add_spoken(self, probability: float) -> SpeechStopped | None:
        if probability >= self.settings.threshold - HYSTERESIS:
            self._silent_since = None
            return None
        if self._silent_since is None:
            self._silent_since = self._frames - 1
        if (self._frames - self._silent_since) * FRAME_MS < self.settings.silence_duration_ms:
            return None
        self.stop()
        return SpeechStopped(round(self._frames * FRAME_MS))
