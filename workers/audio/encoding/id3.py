"""ID3v2.4 tag with chapters (ID3v2 Chapter Frame Addendum, C. Newell, 2005). Its size depends on the titles alone, not on the times."""

import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from workers.contract.chapters import ChapterTime

UTF_8: Final = b"\x03"
TOP_LEVEL_AND_ORDERED: Final = 0x03
UNUSED_OFFSET: Final = b"\xff\xff\xff\xff"
TEXT_FRAMES: Final[Mapping[str, bytes]] = MappingProxyType(
    {"title": b"TIT2", "artist": b"TPE1", "album": b"TALB", "date": b"TDRC", "track": b"TRCK", "genre": b"TCON", "copyright": b"TCOP"}
)
"""Frames by our names of tags."""


def chapter_tag(chapters: Sequence[ChapterTime], *, tags: Mapping[str, str]) -> bytes:
    """Tag with a table of contents (CTOC), a CHAP frame per chapter, at most 255, and the file's text frames."""
    ids = [f"ch{number}".encode() for number in range(len(chapters))]
    contents = b"toc\0" + bytes([TOP_LEVEL_AND_ORDERED, len(ids)]) + b"".join(one + b"\0" for one in ids)
    frames = [_text(TEXT_FRAMES[name], value) for name, value in tags.items() if name in TEXT_FRAMES]
    frames.append(_frame(b"CTOC", contents))
    for one, chapter in zip(ids, chapters, strict=True):
        times = struct.pack(">II", round(chapter.start * 1000), round(chapter.end * 1000))
        frames.append(_frame(b"CHAP", one + b"\0" + times + 2 * UNUSED_OFFSET + _text(b"TIT2", chapter.title)))
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body


def _text(name: bytes, value: str) -> bytes:
    return _frame(name, UTF_8 + value.encode())


def _frame(name: bytes, content: bytes) -> bytes:
    return name + _syncsafe(len(content)) + b"\0\0" + content


def _syncsafe(number: int) -> bytes:
    """Four bytes of seven bits each."""
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))
