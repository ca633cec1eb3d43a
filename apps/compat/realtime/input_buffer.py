"""The input audio buffer of a session: bounded, with turns found by voice activity."""

from typing import Final

from apps.compat.realtime.audio_formats import SAMPLE_RATES, decode_audio
from apps.compat.realtime.configuration import SessionConfig
from apps.compat.realtime.errors import EventError
from apps.live_speech.speech_buffer import Recording, SpeechBuffer, Turn
from workers.audio.voice_activity import SpeechStarted

LONGEST_SECONDS: Final = 120.0
"""Longest turn. Speech beyond it becomes the next turn; a buffer that is never committed takes no more."""
SHORTEST_MS: Final = 100
"""Shortest audio that is committed, as OpenAI has it."""


class InputBuffer:
    """Audio that was appended and not yet committed. Not safe for concurrent calls; `append` computes."""

    def __init__(self, config: SessionConfig) -> None:
        self._format = config.input_format
        self._detection = config.turn_detection
        settings = config.turn_detection.settings if config.turn_detection else None
        self._buffer = SpeechBuffer(sample_rate=self.rate, detection=settings, longest_seconds=LONGEST_SECONDS)

    @property
    def rate(self) -> int:
        return SAMPLE_RATES[self._format]

    @property
    def is_speaking(self) -> bool:
        return self._buffer.is_speaking

    def configure(self, config: SessionConfig) -> None:
        """Apply an updated configuration. A new format empties the buffer; new turn detection begins to listen anew."""
        if config.input_format == self._format and config.turn_detection == self._detection:
            return
        if config.input_format != self._format:
            self._buffer.take()
        self._format = config.input_format
        self._detection = config.turn_detection
        settings = config.turn_detection.settings if config.turn_detection else None
        self._buffer.restart(sample_rate=self.rate, detection=settings)

    def append(self, data: bytes) -> list[SpeechStarted | Turn]:
        """Add audio; returns the turns that it starts or ends. Raises EventError if the buffer is full."""
        samples = decode_audio(data, name=self._format)
        if not self._buffer.has_detection:
            self._check_room(len(samples))
        return self._buffer.append(samples)

    def commit(self) -> Recording:
        """Take the buffer's audio. Raises EventError if there is too little."""
        milliseconds = 1000 * self._buffer.seconds
        if milliseconds < SHORTEST_MS:
            raise EventError(
                f"Error committing input audio buffer: buffer too small. Expected at least {SHORTEST_MS}ms of audio, "
                f"but buffer only has {milliseconds:.2f}ms of audio.",
                code="input_audio_buffer_commit_empty",
            )
        return self._buffer.take()

    def clear(self) -> None:
        """Discard the buffer's audio."""
        self._buffer.take()

    def _check_room(self, count: int) -> None:
        if self._buffer.seconds + count / self.rate > LONGEST_SECONDS:
            raise EventError(
                f"The input audio buffer holds {LONGEST_SECONDS:.0f} seconds at most. Send input_audio_buffer.commit or "
                "input_audio_buffer.clear, or let turn_detection commit.",
                code="input_audio_buffer_full",
                param="audio",
            )
