"""Audio without a header: encoding, sample rate and channels, from the query."""

import shutil
import struct
from dataclasses import dataclass
from typing import Final

from apps.compat.deepgram.parameters import Parameters, invalid_parameter
from apps.uploads.spool import COPIED_BYTES, Spool, translate_disk_errors
from workers.audio.encoding.wav import UNKNOWN_SIZE

WAVE_CODES: Final = {"linear16": 1, "alaw": 6, "mulaw": 7}
"""Encodings by their number in a WAV file's header."""
SAMPLE_BYTES: Final = {"linear16": 2, "alaw": 1, "mulaw": 1}
TELEPHONE_RATE: Final = 8000
LEAST_RATE, MOST_RATE = 4000, 192_000
MOST_CHANNELS: Final = 8
LONGEST_WAV: Final = (1 << 32) - 64


@dataclass(frozen=True, slots=True)
class RawFormat:
    """Format of samples without a header."""

    encoding: str
    sample_rate: int
    channels: int = 1

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return SAMPLE_BYTES[self.encoding] * self.channels


def read_raw_format(given: Parameters) -> RawFormat | None:
    """Format of audio without a header; None for a file, whose content tells it. Raises InvalidRequestError."""
    encoding = given.text("encoding").casefold()
    if encoding not in WAVE_CODES:
        return None
    default = 0 if encoding == "linear16" else TELEPHONE_RATE
    rate = given.integer("sample_rate", default, least=LEAST_RATE, most=MOST_RATE)
    if not rate:
        raise invalid_parameter("sample_rate", f"encoding={encoding} needs the sample rate in Hz, such as 16000.")
    return RawFormat(encoding, rate, given.integer("channels", 1, least=1, most=MOST_CHANNELS))


def as_wav(samples: Spool, raw: RawFormat) -> Spool:
    """The samples as a WAV file; the spool that they came in is closed. Half a sample at the end is left out."""
    size = min(samples.size - samples.size % raw.frame_bytes, LONGEST_WAV)
    spool = Spool.new()
    with samples:
        samples.file.seek(0)
        spool.write(wave_header(raw, size=size))
        with translate_disk_errors():
            shutil.copyfileobj(samples.file, spool.file, COPIED_BYTES)
        spool.finish()
    return spool


def wave_header(raw: RawFormat, *, size: int | None = None) -> bytes:
    """Header of a WAV file with `size` bytes of samples; None for a stream, which players read to its end."""
    depth = 8 * SAMPLE_BYTES[raw.encoding]
    form = struct.pack(
        "<HHIIHHH", WAVE_CODES[raw.encoding], raw.channels, raw.sample_rate, raw.sample_rate * raw.frame_bytes, raw.frame_bytes, depth, 0
    )
    whole = UNKNOWN_SIZE if size is None else 4 + 8 + len(form) + 8 + size
    samples = UNKNOWN_SIZE if size is None else size
    chunk = struct.pack("<4sI", b"fmt ", len(form)) + form
    return struct.pack("<4sI4s", b"RIFF", whole, b"WAVE") + chunk + struct.pack("<4sI", b"data", samples)
