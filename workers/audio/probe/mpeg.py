"""Frames of MPEG audio (layer III) and AAC in ADTS, found by their headers: neither has a signature at the start of a file.

Header layouts: ISO/IEC 11172-3 section 2.4.1.3 and 13818-3 (MPEG-2, 2.5), ISO/IEC 13818-7 section 6.2 (ADTS).
"""

from dataclasses import dataclass
from typing import Final

HEADER_BYTES: Final = 7
ENOUGH_FRAMES: Final = 3
"""Length of a chain of headers that does not occur by chance: each has about 20 bits that must fit."""

_KILOBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KILOBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MPEG_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Hz, by the version's two bits: MPEG-1, MPEG-2, MPEG-2.5."""
_AAC_RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)


@dataclass(frozen=True, slots=True)
class Frame:
    kind: str
    length: int
    """Bytes, the header included."""
    sample_rate: int
    samples: int
    announced_frames_at: int = 0
    """Offset of a Xing header in an MP3's first frame."""


def find_stream(data: bytes, *, is_whole_file: bool) -> tuple[int, Frame] | None:
    """Offset and header of the first frame of a chain; None if there is none.

    A shorter chain counts if it is the whole file: single headers occur by chance in the data of any other format.
    """
    offset = data.find(b"\xff")
    while offset >= 0:
        frame = read_frame(data, offset)
        if frame is not None and _is_chained(data, offset, frame, is_whole_file=is_whole_file and offset == 0):
            return offset, frame
        offset = data.find(b"\xff", offset + 1)
    return None


def announced_seconds(data: bytes, offset: int, frame: Frame) -> float:
    """Duration that an MP3's Xing or Info header announces; 0 where there is none. Layout as LAME writes it."""
    if frame.kind != "mp3":
        return 0.0
    at = offset + frame.announced_frames_at
    if data[at : at + 4] not in {b"Xing", b"Info"} or not data[at + 7 : at + 8] or not data[at + 7] & 1:
        return 0.0
    return int.from_bytes(data[at + 8 : at + 12], "big") * frame.samples / frame.sample_rate


def read_frame(data: bytes, offset: int) -> Frame | None:
    """Header at an offset, or None."""
    header = data[offset : offset + HEADER_BYTES]
    if len(header) < HEADER_BYTES or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    return _adts(header) if header[1] & 0xF6 == 0xF0 else _layer_3(header)


def _is_chained(data: bytes, offset: int, first: Frame, *, is_whole_file: bool) -> bool:
    frame: Frame | None = first
    for _ in range(ENOUGH_FRAMES - 1):
        assert frame is not None  # noqa: S101 - the loop leaves at None
        offset += frame.length
        frame = read_frame(data, offset)
        if frame is None:
            return is_whole_file and (offset >= len(data) or data[offset : offset + 3] == b"TAG")
        if (frame.kind, frame.sample_rate) != (first.kind, first.sample_rate):
            return False
    return True


def _layer_3(header: bytes) -> Frame | None:
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate_index, kilobits_index = header[2] >> 2 & 3, header[2] >> 4
    if layer != 1 or version == 1 or rate_index == 3:
        return None
    kilobits = (_KILOBITS_1 if version == 3 else _KILOBITS_2)[kilobits_index]
    if not kilobits:
        return None
    sample_rate = _MPEG_RATES[version][rate_index]
    samples = 1152 if version == 3 else 576
    length = samples * kilobits * 125 // sample_rate + (header[2] >> 1 & 1)
    is_mono = header[3] >> 6 == 3
    side_bytes = (17 if is_mono else 32) if version == 3 else (9 if is_mono else 17)
    return Frame("mp3", length, sample_rate, samples, announced_frames_at=4 + side_bytes)


def _adts(header: bytes) -> Frame | None:
    rate_index = header[2] >> 2 & 15
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if rate_index >= len(_AAC_RATES) or length < HEADER_BYTES:
        return None
    return Frame("aac", length, _AAC_RATES[rate_index], 1024 * ((header[6] & 3) + 1))
