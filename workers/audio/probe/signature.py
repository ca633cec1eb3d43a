"""Detects the container of a file by its content alone, never by its name or declared type.

The demuxer is chosen here and not by FFmpeg, which knows playlists, concatenation scripts and hundreds of unneeded formats.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from workers.audio.probe.errors import ProbeError
from workers.audio.probe.info import SUPPORTED_FORMATS
from workers.audio.probe.mpeg import announced_seconds, find_stream
from workers.audio.probe.unsupported import name_unsupported_format, name_weak_signature
from workers.contract.files import UNSUPPORTED_FORMAT

SEARCHED_BYTES: Final = 1 << 16
"""Bytes after the tags in which the first frame of MP3 or AAC is searched: encoders leave padding, radio recordings begin inside a frame.
"""
MOST_TAGS: Final = 8
MOST_CHUNKS: Final = 64
OPEN_END: Final = 0x7FFFF000
"""A WAV of this length or more was written to a pipe, and its length means nothing."""
LONGEST_PAGE_BYTES: Final = 27 + 255 + 255 * 255
"""Largest Ogg page."""
ISO_MEDIA: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""First boxes of MP4, M4A and QuickTime files."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Container of a file and the demuxer to read it with."""

    container: str
    demuxer: str
    """FFmpeg's name of the demuxer."""
    announced_seconds: float = 0.0
    """Duration according to the file's own header; 0 if the header has none."""
    is_cut: bool = False
    """The file ends inside a page."""


def find_signature(file: BinaryIO) -> Signature:
    """Read a few kilobytes. Raises ProbeError (unsupported_format)."""
    head = _read(file, 0, 64)
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return Signature("wav", "wav", _wav_seconds(file))
    if head[:4] == b"OggS":
        return Signature("ogg", "ogg", is_cut=_ends_inside_a_page(file))
    if head[4:8] in ISO_MEDIA:
        _refuse_if_named(name_unsupported_format(head))  # an image, or DRM
        return Signature("mp4", "mov")
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return Signature("webm" if b"webm" in head else "matroska", "matroska")
    return _after_tags(file)


def _after_tags(file: BinaryIO) -> Signature:
    start = 0
    for _ in range(MOST_TAGS):
        head = _read(file, start, 10)
        if head[:3] != b"ID3" or len(head) < 10 or any(byte & 0x80 for byte in head[6:10]):
            break
        # ID3v2: four bytes of seven bits each; a footer where the flag says so.
        start += 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)
    data = _read(file, start, SEARCHED_BYTES)
    if data[:4] == b"fLaC":
        return Signature("flac", "flac", _flac_seconds(data))
    _refuse_if_named(name_unsupported_format(data))  # before the search: other containers hold frames of MP3 and AAC too
    found = find_stream(data, is_whole_file=len(data) < SEARCHED_BYTES)
    if found is None:
        _refuse_if_named(name_weak_signature(data))
        raise ProbeError(UNSUPPORTED_FORMAT, f"The file is not in a supported audio format. Supported formats: {SUPPORTED_FORMATS}.")
    offset, frame = found
    return Signature(frame.kind, frame.kind, announced_seconds(data, offset, frame))


def _refuse_if_named(name: str) -> None:
    if name:
        raise ProbeError(
            UNSUPPORTED_FORMAT,
            f"The file's format, {name}, is not supported. Supported formats: {SUPPORTED_FORMATS}. Convert the file to one of them.",
        )


def _flac_seconds(data: bytes) -> float:
    """STREAMINFO is the first block (RFC 9639 section 8.2): 20 bits of sample rate, 3 + 5 of shape, 36 of samples, 0 for unknown."""
    if len(data) < 26:
        return 0.0
    bits = int.from_bytes(data[18:26], "big")
    sample_rate, samples = bits >> 44, bits & 0xFFFFFFFFF
    return samples / sample_rate if sample_rate else 0.0


def _ends_inside_a_page(file: BinaryIO) -> bool:
    """Ogg (RFC 3533 section 6): a page's header of 27 bytes ends with the number of its segments, whose sizes follow; then come the segments."""
    size = file.seek(0, os.SEEK_END)
    tail = _read(file, max(0, size - LONGEST_PAGE_BYTES), LONGEST_PAGE_BYTES)
    start = tail.rfind(b"OggS\0")
    if start < 0:
        return False
    page = tail[start:]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    return len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])


def _wav_seconds(file: BinaryIO) -> float:
    offset, bytes_per_second = 12, 0
    for _ in range(MOST_CHUNKS):
        chunk = _read(file, offset, 24)
        if len(chunk) < 8:
            break
        name, size = struct.unpack("<4sI", chunk[:8])
        if name == b"fmt " and len(chunk) >= 20:
            bytes_per_second = int.from_bytes(chunk[16:20], "little")
        if name == b"data":
            return size / bytes_per_second if bytes_per_second and 0 < size < OPEN_END else 0.0
        offset += 8 + size + size % 2
    return 0.0


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)
