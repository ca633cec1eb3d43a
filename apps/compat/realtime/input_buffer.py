"""The input audio buffer of a session: bounded, with turns found by voice activity."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from apps.compat.realtime.audio_formats import FULL_SCALE, SAMPLE_RATES, Samples, decode_audio
from apps.compat.realtime.configuration import SessionConfig, TurnDetection
from apps.compat.realtime.errors import EventError
from workers.audio.encoding import Resampler
from workers.audio.voice_activity import SpeechStarted, SpeechStopped, TurnDetector
from workers.audio.voice_activity.silero import SAMPLE_RATE as DETECTION_RATE

LONGEST_SECONDS: Final = 120.0
"""Longest turn. Speech beyond it becomes the next turn; a buffer that is never committed takes no more."""
SHORTEST_MS: Final = 100
"""Shortest audio that is committed, as OpenAI has it."""
DETECTION_MS: Final = 400
"""Audio that is kept before speech beside the padding: speech is noticed some frames late."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Committed audio of one turn."""

    pcm: bytes
    """16 bits, mono, little-endian."""
    sample_rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.sample_rate


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn whose end was detected, with its audio."""

    stopped: SpeechStopped
    recording: Recording


class InputBuffer:
    """Audio that was appended and not yet committed. Not safe for concurrent calls; `append` computes."""

    def __init__(self, config: SessionConfig) -> None:
        self._format = config.input_format
        self._detection = config.turn_detection
        self._blocks = bytearray()
        self._start = 0
        """Samples of the session before the buffer."""
        self._detector = _detector(config.turn_detection)
        self._detector_offset_ms = 0
        """Milliseconds of the session before the detector began to listen."""
        self._resampler = self._detection_resampler()

    @property
    def rate(self) -> int:
        return SAMPLE_RATES[self._format]

    @property
    def is_speaking(self) -> bool:
        return self._detector is not None and self._detector.is_speaking

    def configure(self, config: SessionConfig) -> None:
        """Apply an updated configuration. A new format empties the buffer; new turn detection begins to listen anew."""
        if config.input_format != self._format:
            milliseconds = self._end_ms
            self._blocks.clear()
            self._format = config.input_format
            self._start = milliseconds * self.rate // 1000
        elif config.turn_detection == self._detection:
            return
        self._detection = config.turn_detection
        self._restart_detector()

    def append(self, data: bytes) -> list[SpeechStarted | Turn]:
        """Add audio; returns the turns that it starts or ends. Raises EventError if the buffer is full."""
        samples = decode_audio(data, name=self._format)
        if self._detector is None:
            self._check_room(len(samples))
            self._add(samples)
            return []
        found: list[SpeechStarted | Turn] = []
        step = self.rate  # a second at a time, so that one large message holds no more than a small one
        for begin in range(0, len(samples), step):
            found += self._detect(samples[begin : begin + step], detector=self._detector)
        return found

    def commit(self) -> Recording:
        """Take the buffer's audio. Raises EventError if there is too little."""
        milliseconds = 1000 * len(self._blocks) / 2 / self.rate
        if milliseconds < SHORTEST_MS:
            raise EventError(
                f"Error committing input audio buffer: buffer too small. Expected at least {SHORTEST_MS}ms of audio, "
                f"but buffer only has {milliseconds:.2f}ms of audio.",
                code="input_audio_buffer_commit_empty",
            )
        if self._detector is not None:
            self._detector.stop()
        return self._take(self._end)

    def clear(self) -> None:
        """Discard the buffer's audio."""
        if self._detector is not None:
            self._detector.stop()
        self._take(self._end)

    @property
    def _end(self) -> int:
        return self._start + len(self._blocks) // 2

    @property
    def _end_ms(self) -> int:
        return 1000 * self._end // self.rate

    def _detect(self, samples: Samples, *, detector: TurnDetector) -> list[SpeechStarted | Turn]:
        self._add(samples)
        found: list[SpeechStarted | Turn] = []
        for event in detector.feed(self._resampler.feed(samples.astype(np.float32) / FULL_SCALE)):
            if isinstance(event, SpeechStarted):
                started = SpeechStarted(self._detector_offset_ms + event.start_ms)
                self._drop_until(started.start_ms * self.rate // 1000)
                found.append(started)
            else:
                found.append(self._end_turn(self._detector_offset_ms + event.end_ms))
        if not detector.is_speaking:
            self._drop_until(self._end - self._kept_samples)
        elif len(self._blocks) / 2 / self.rate >= LONGEST_SECONDS:
            detector.stop()
            found.append(self._end_turn(self._end_ms))
        return found

    def _end_turn(self, end_ms: int) -> Turn:
        return Turn(SpeechStopped(end_ms), self._take(min(self._end, end_ms * self.rate // 1000)))

    @property
    def _kept_samples(self) -> int:
        padding = self._detection.settings.prefix_padding_ms if self._detection else 0
        return (padding + DETECTION_MS) * self.rate // 1000

    def _check_room(self, count: int) -> None:
        if (len(self._blocks) // 2 + count) / self.rate > LONGEST_SECONDS:
            raise EventError(
                f"The input audio buffer holds {LONGEST_SECONDS:.0f} seconds at most. Send input_audio_buffer.commit or "
                "input_audio_buffer.clear, or let turn_detection commit.",
                code="input_audio_buffer_full",
                param="audio",
            )

    def _add(self, samples: Samples) -> None:
        self._blocks += samples.tobytes()

    def _take(self, end: int) -> Recording:
        size = max(0, 2 * (end - self._start))
        recording = Recording(bytes(self._blocks[:size]), self.rate)
        self._drop_until(end)
        return recording

    def _drop_until(self, sample: int) -> None:
        dropped = min(max(0, sample - self._start), len(self._blocks) // 2)
        del self._blocks[: 2 * dropped]
        self._start += dropped

    def _restart_detector(self) -> None:
        self._detector = _detector(self._detection)
        self._detector_offset_ms = self._end_ms
        self._resampler = self._detection_resampler()

    def _detection_resampler(self) -> Resampler:
        return Resampler(input_rate=self.rate, output_rate=DETECTION_RATE)


def _detector(detection: TurnDetection | None) -> TurnDetector | None:
    return None if detection is None else TurnDetector(detection.settings)
