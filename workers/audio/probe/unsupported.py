"""Formats that are not supported but recognised by their first bytes, so that a refusal can name them.

Sources: the formats' own specifications and the probe functions of FFmpeg's demuxers (libavformat).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MPEG_TS_PACKET_BYTES: Final = (188, 192, 204)
"""Packet sizes of broadcasts, of cameras (with a time stamp before each packet), and with error correction."""
MPEG_TS_PACKETS: Final = 5
INNER_OFFSET: Final = 8


@dataclass(frozen=True, slots=True)
class Magic:
    """Bytes at a fixed offset that identify a format."""

    name: str
    start: bytes
    inner: bytes = b""
    """Bytes at `inner_offset`, for a `start` shared by several formats."""
    inner_offset: int = INNER_OFFSET

    def matches(self, head: bytes) -> bool:
        """True if the first bytes of a file match this format."""
        end = self.inner_offset + len(self.inner)
        return head.startswith(self.start) and (not self.inner or head[self.inner_offset : end] == self.inner)


def _bytes(text: str) -> bytes:
    """Bytes that the table writes as characters."""
    return text.encode("latin-1")


def _read_magic(row: dict[str, Any]) -> Magic:
    return Magic(row["name"], _bytes(row.get("start", "")), _bytes(row.get("inner", "")), row.get("inner_offset", INNER_OFFSET))


TABLE: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
MAGICS: Final = tuple(map(_read_magic, TABLE["formats"]))
PROTECTED_BRANDS: Final = frozenset(map(_bytes, TABLE["protected_brands"]))
PICTURE_BRANDS: Final = frozenset(map(_bytes, TABLE["picture_brands"]))


def name_unsupported_format(head: bytes) -> str:
    """Name of the unsupported format by the first bytes of a file; empty if unknown.

    head: some kilobytes after the file's tags. Formats with only a weak signature are left to `name_weak_signature`.
    """
    if head[4:8] == b"ftyp":
        return _name_brand(head[8:12])
    for magic in MAGICS:
        if magic.matches(head):
            return magic.name
    return "MPEG transport stream" if _is_transport_stream(head) else ""


def name_weak_signature(head: bytes) -> str:
    """Name by two or three bytes, which a supported stream may contain by chance: to be tried last."""
    first = int.from_bytes(head[:2], "big")
    if first == 0x0B77:
        return "E-AC-3" if len(head) > 5 and head[5] >> 3 > 10 else "AC-3"
    if first & 0xFFE0 == 0x56E0:
        return "AAC in LATM"
    is_layer_2 = first & 0xFFE6 == 0xFFE4 and len(head) > 2 and head[2] >> 4 not in {0, 15}
    return "MPEG audio layer II (MP2)" if is_layer_2 else ""


def _name_brand(brand: bytes) -> str:
    if brand in PROTECTED_BRANDS:
        return "protected MP4 (DRM)"
    return "HEIF, AVIF or CR3 picture" if brand in PICTURE_BRANDS else ""


def _is_transport_stream(head: bytes) -> bool:
    """True if the sync byte 0x47 recurs at the distance of packets (ISO/IEC 13818-1 section 2.4.3.2)."""
    for size in MPEG_TS_PACKET_BYTES:
        start = 4 if size == 192 else 0
        if head[start : start + size * MPEG_TS_PACKETS : size] == b"\x47" * MPEG_TS_PACKETS:
            return True
    return False
