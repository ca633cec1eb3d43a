"""Reasons to refuse a file that should hold audio, beside those of any file."""

from typing import Final

from workers.contract.files import FileError

UNSUPPORTED_CODEC: Final = "unsupported_codec"
"""A supported container with audio in an unsupported encoding."""
CORRUPT_AUDIO: Final = "corrupt_audio"
TRUNCATED_AUDIO: Final = "truncated_audio"
"""The header announces more audio than the file holds."""
NO_AUDIO: Final = "no_audio"
"""A video without sound, or a container with nothing in it."""
TOO_SHORT: Final = "too_short"
TOO_LONG: Final = "too_long"
TOO_MANY_CHANNELS: Final = "too_many_channels"
SAMPLE_RATE_OUT_OF_RANGE: Final = "sample_rate_out_of_range"

CORRUPT_MESSAGE: Final = "The file is damaged: it cannot be decoded. Send it again, or export it anew as MP3 or WAV."


class ProbeError(FileError):
    """A file that should hold audio is refused."""
