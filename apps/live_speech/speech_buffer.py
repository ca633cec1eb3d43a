"""Audio of a speaker that was not taken yet: bounded, with turns found by voice activity."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import Resampler
from workers.audio.samples import RECOGNITION_SAMPLE_RATE as DETECTION_RATE
from workers.audio.voice_activity import SpeechStarted, SpeechStopped, TurnDetector, TurnSettings

DETECTION_MS: Final = 400
"""Audio that is kept before speech beside the padding: speech is noticed some frames late."""
FULL_SCALE: Final = 32_768.0

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Recording:
    """Audio of one turn."""

    pcm: bytes
    """16 bits, mono, little-endian."""
    sample_rate: int
    start_seconds: float = 0.0
    """Seconds of the stream before it."""

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.sample_rate


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn that has ended, with its audio."""

    stopped: SpeechStopped
    recording: Recording
    is_silence_heard: bool = True
    """False if the turn was cut because it was too long, so that its speaker continues."""


class SpeechBuffer:
    """16-bit mono samples in order. Not safe for concurrent calls; `append` computes."""

    def __init__(self, *, sample_rate: int, detection: TurnSettings | None, longest_seconds: float) -> None:
        """detection: None finds no turns. longest_seconds: of a turn; speech beyond it becomes the next one."""
        self.sample_rate = sample_rate
        self._longest_seconds = longest_seconds
        self._blocks = bytearray()
        self._start = 0
        """Samples of the stream before the buffer."""
        self._listen(detection)

    @property
    def is_speaking(self) -> bool:
        return self._detector is not None and self._detector.is_speaking

    @property
    def has_detection(self) -> bool:
        return self._detector is not None

    @property
    def seconds(self) -> float:
        return len(self._blocks) / 2 / self.sample_rate

    @property
    def end_seconds(self) -> float:
        """Seconds of the stream up to its latest sample."""
        return self._end / self.sample_rate

    def restart(self, *, sample_rate: int, detection: TurnSettings | None) -> None:
        """Listen anew with other settings. Another rate empties the buffer."""
        if sample_rate != self.sample_rate:
            milliseconds = self._end_ms
            self._blocks.clear()
            self.sample_rate = sample_rate
            self._start = milliseconds * sample_rate // 1000
        self._listen(detection)

    def append(self, samples: Samples) -> list[SpeechStarted | Turn]:
        """Add audio; returns the turns that it starts or ends."""
        if self._detector is None:
            self._blocks += samples.tobytes()
            return []
        found: list[SpeechStarted | Turn] = []
        step = self.sample_rate  # a second at a time, so that one large message holds no more than a small one
        for begin in range(0, len(samples), step):
            found += self._detect(samples[begin : begin + step], detector=self._detector)
        return found

    def take(self) -> Recording:
        """Remove all audio and return it; a turn in progress ends with it."""
        if self._detector is not None:
            self._detector.stop()
        return self._take(self._end)

    def peek(self) -> Recording:
        """All audio, which stays in the buffer."""
        return Recording(bytes(self._blocks), self.sample_rate, self._start / self.sample_rate)

    @property
    def _end(self) -> int:
        return self._start + len(self._blocks) // 2

    @property
    def _end_ms(self) -> int:
        return 1000 * self._end // self.sample_rate

    def _listen(self, detection: TurnSettings | None) -> None:
        self._padding_ms = detection.prefix_padding_ms if detection else 0
        self._detector = TurnDetector(detection) if detection else None
        self._detector_offset_ms = self._end_ms
        """Milliseconds of the stream before the detector began to listen."""
        self._resampler = Resampler(input_rate=self.sample_rate, output_rate=DETECTION_RATE)

    def _detect(self, samples: Samples, *, detector: TurnDetector) -> list[SpeechStarted | Turn]:
        self._blocks += samples.tobytes()
        found: list[SpeechStarted | Turn] = []
        for event in detector.feed(self._resampler.feed(samples.astype(np.float32) / FULL_SCALE)):
            if isinstance(event, SpeechStarted):
                started = SpeechStarted(self._detector_offset_ms + event.start_ms)
                self._drop_until(started.start_ms * self.sample_rate // 1000)
                found.append(started)
            else:
                found.append(self._end_turn(self._detector_offset_ms + event.end_ms))
        if not detector.is_speaking:
            self._drop_until(self._end - (self._padding_ms + DETECTION_MS) * self.sample_rate // 1000)
        elif self.seconds >= self._longest_seconds:
            found.append(self._cut_turn(detector))
        return found

    def _cut_turn(self, detector: TurnDetector) -> Turn:
        """End a turn that is too long; speech that continues starts the next one."""
        detector.stop()
        return self._end_turn(self._end_ms, is_silence_heard=False)

    def _end_turn(self, end_ms: int, *, is_silence_heard: bool = True) -> Turn:
        taken = self._take(min(self._end, end_ms * self.sample_rate // 1000))
        return Turn(SpeechStopped(end_ms), taken, is_silence_heard=is_silence_heard)

    def _take(self, end: int) -> Recording:
        size = max(0, 2 * (end - self._start))
        recording = Recording(bytes(self._blocks[:size]), self.sample_rate, self._start / self.sample_rate)
        self._drop_until(end)
        return recording

    def _drop_until(self, sample: int) -> None:
        dropped = min(max(0, sample - self._start), len(self._blocks) // 2)
        del self._blocks[: 2 * dropped]
        self._start += dropped
