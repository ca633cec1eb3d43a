"""Chunks of a WAV file (Microsoft's RIFF WAVE)."""

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DS64_BYTES: Final = 28
"""Size of the chunk of 64-bit lengths of an RF64 file (EBU Tech 3306), whose place a chunk JUNK holds until they are known."""
UNKNOWN_SIZE: Final = 0xFFFFFFFF
"""Length in the header of a WAV stream of unknown length; FFmpeg, browsers and libsndfile then read to the end."""
FLOAT_BITS: Final = 32
PCM, IEEE_FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
SUBFORMAT_TAIL: Final = bytes.fromhex("000000001000800000aa00389b71")
"""Last 14 bytes of KSDATAFORMAT_SUBTYPE_PCM and _IEEE_FLOAT; the format's number comes before them."""
CHANNEL_MASKS: Final[Mapping[int, int]] = MappingProxyType({1: 0x4, 2: 0x3, 3: 0xB, 4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x70F, 8: 0x63F})
"""Speaker positions of the usual layouts (resampler.LAYOUTS)."""
INFO_TAGS: Final[Mapping[str, bytes]] = MappingProxyType(
    {
        "title": b"INAM",
        "artist": b"IART",
        "album": b"IPRD",
        "genre": b"IGNR",
        "date": b"ICRD",
        "track": b"IPRT",
        "comment": b"ICMT",
        "copyright": b"ICOP",
    }
)


def wav_header(
    *, sample_rate: int, data_bytes: int | None, channels: int = 1, bits: int = 16, extra_bytes: int = 0, has_room_for_rf64: bool = False
) -> bytes:
    """Header up to the samples: 44 bytes, or 68 for more than 16 bits or two channels, and 36 more with room for RF64.

    data_bytes: None if unknown; extra_bytes: of chunks after the samples; has_room_for_rf64: beyond 4 GB the file becomes RF64, without it
    its lengths stay unknown.
    """
    size = UNKNOWN_SIZE if data_bytes is None else min(data_bytes, UNKNOWN_SIZE)
    layout = _format_chunk(sample_rate=sample_rate, channels=channels, bits=bits)
    room = _chunk(b"JUNK", bytes(DS64_BYTES)) if has_room_for_rf64 else b""
    whole = (data_bytes or 0) + extra_bytes + 4 + len(room) + len(layout) + 8
    if has_room_for_rf64 and data_bytes is not None and whole >= UNKNOWN_SIZE:
        lengths = struct.pack("<QQQI", whole, data_bytes, data_bytes // (channels * bits // 8), 0)
        return b"RF64\xff\xff\xff\xffWAVE" + _chunk(b"ds64", lengths) + layout + b"data\xff\xff\xff\xff"
    riff_size = min(size + extra_bytes + 4 + len(room) + len(layout) + 8, UNKNOWN_SIZE)
    return b"RIFF" + struct.pack("<I", riff_size) + b"WAVE" + room + layout + b"data" + struct.pack("<I", size)


def info_chunk(tags: Mapping[str, str]) -> bytes:
    """LIST chunk of the tags that RIFF INFO has, in UTF-8; empty without any."""
    entries = b"".join(_chunk(INFO_TAGS[name], value.encode() + b"\0") for name, value in tags.items() if name in INFO_TAGS)
    return _chunk(b"LIST", b"INFO" + entries) if entries else b""


def _format_chunk(*, sample_rate: int, channels: int, bits: int) -> bytes:
    kind = IEEE_FLOAT if bits == FLOAT_BITS else PCM
    width = channels * bits // 8
    is_plain = bits == 16 and channels <= 2
    start = struct.pack("<HHIIHH", kind if is_plain else EXTENSIBLE, channels, sample_rate, sample_rate * width, width, bits)
    if is_plain:
        return _chunk(b"fmt ", start)
    return _chunk(b"fmt ", start + struct.pack("<HHIH", 22, bits, CHANNEL_MASKS[channels], kind) + SUBFORMAT_TAIL)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
