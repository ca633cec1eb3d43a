"""Errors of a file that should hold audio. The meaning of a public code never changes."""

from typing import Final

EMPTY_FILE: Final = "empty_file"
UNSUPPORTED_FORMAT: Final = "unsupported_format"
"""Not a supported container: another audio format, a text, an archive, a picture, a playlist."""
UNSUPPORTED_CODEC: Final = "unsupported_codec"
"""A supported container with audio in an unsupported encoding."""
CORRUPT_AUDIO: Final = "corrupt_audio"
TRUNCATED_AUDIO: Final = "truncated_audio"
"""The header announces more audio than the file holds."""
NO_AUDIO: Final = "no_audio"
"""A video without sound, or a container with nothing in it."""
TOO_SHORT: Final = "too_short"
TOO_LONG: Final = "too_long"
TOO_LARGE: Final = "too_large"
"""Too many bytes."""
TOO_MANY_CHANNELS: Final = "too_many_channels"
SAMPLE_RATE_OUT_OF_RANGE: Final = "sample_rate_out_of_range"
TOO_COMPLEX: Final = "too_complex"
"""Decoding exceeded the limits of time or memory, which no ordinary file does."""

CORRUPT_MESSAGE: Final = "The file is damaged: it cannot be decoded. Send it again, or export it anew as MP3 or WAV."


class ProbeError(Exception):
    """Expected failure: a public code and a message for the customer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
