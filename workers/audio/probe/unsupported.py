"""Formats that are not supported but recognised by their first bytes, so that a refusal can name them.

Sources: the formats' own specifications and the probe functions of FFmpeg's demuxers (libavformat).
"""

from dataclasses import dataclass
from typing import Final

MPEG_TS_PACKET_BYTES: Final = (188, 192, 204)
"""Packet sizes of broadcasts, of cameras (with a time stamp before each packet), and with error correction."""
MPEG_TS_PACKETS: Final = 5
PROTECTED_BRANDS: Final = frozenset({b"aax ", b"aaxc", b"M4P "})
PICTURE_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis", b"crx "})


@dataclass(frozen=True, slots=True)
class Magic:
    """Bytes at a fixed offset that identify a format."""

    name: str
    start: bytes
    inner: bytes = b""
    """Bytes at `inner_offset`, for a `start` shared by several formats."""
    inner_offset: int = 8

    def matches(self, head: bytes) -> bool:
        """True if the first bytes of a file match this format."""
        end = self.inner_offset + len(self.inner)
        return head.startswith(self.start) and (not self.inner or head[self.inner_offset : end] == self.inner)


MAGICS: Final = (
    Magic("AMR-WB", b"#!AMR-WB"),
    Magic("AMR", b"#!AMR"),
    Magic("EVRC", b"#!EVRC"),
    Magic("QCELP", b"#!QCELP"),
    Magic("QCELP", b"RIFF", b"QLCM"),
    Magic("SMV", b"#!SMV"),
    Magic("SILK", b"#!SILK"),
    Magic("SILK", b"\x02#!SILK"),
    Magic("iLBC", b"#!iLBC"),
    Magic("AIFF", b"FORM", b"AIFF"),
    Magic("AIFF-C", b"FORM", b"AIFC"),
    Magic("IFF 8SVX", b"FORM", b"8SVX"),
    Magic("IFF 16SV", b"FORM", b"16SV"),
    Magic("MAUD", b"FORM", b"MAUD"),
    Magic("XMIDI", b"FORM", b"XDIR"),
    Magic("AU", b".snd"),
    Magic("AU", b"dns."),
    Magic("CAF", b"caff"),
    Magic("Wave64", b"riff\x2e\x91\xcf\x11"),
    Magic("WAV with big-endian numbers", b"RIFX"),
    Magic("AVI", b"RIFF", b"AVI "),
    Magic("MIDI", b"RIFF", b"RMID"),
    Magic("xWMA", b"RIFF", b"XWMA"),
    Magic("DLS", b"RIFF", b"DLS "),
    Magic("SoundFont", b"RIFF", b"sfbk"),
    Magic("WebP", b"RIFF", b"WEBP"),
    Magic("animated cursor", b"RIFF", b"ACON"),
    Magic("CD audio track", b"RIFF", b"CDDA"),
    Magic("ATRAC", b"RIFF", b"ATRC"),
    Magic("MIDI", b"MThd"),
    Magic("WMA, WMV or ASF", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    Magic("RealMedia", b".RMF"),
    Magic("RealAudio", b".ra\xfd"),
    Magic("RealMedia", b".RMP"),
    Magic("Monkey's Audio (APE)", b"MAC "),
    Magic("Monkey's Audio (APE)", b"MACF"),
    Magic("WavPack", b"wvpk"),
    Magic("True Audio (TTA)", b"TTA1"),
    Magic("True Audio (TTA)", b"TTA2"),
    Magic("Musepack", b"MPCK"),
    Magic("Musepack", b"MP+"),
    Magic("TAK", b"tBaK"),
    Magic("OptimFROG", b"OFR "),
    Magic("Shorten", b"ajkg"),
    Magic("Lossless Audio (LA)", b"LA02"),
    Magic("Lossless Audio (LA)", b"LA03"),
    Magic("Lossless Audio (LA)", b"LA04"),
    Magic("LPAC", b"LPAC"),
    Magic("RK Audio", b"RKA"),
    Magic("Bonk", b"\x00BONK"),
    Magic("MPEG-4 ALS", b"ALS\x00"),
    Magic("QOA", b"qoaf"),
    Magic("DSF (DSD)", b"DSD "),
    Magic("DSDIFF (DSD)", b"FRM8"),
    Magic("WSD (DSD)", b"1bit"),
    Magic("ATRAC", b"ea3"),
    Magic("ATRAC", b"EA3"),
    Magic("VQF", b"TWIN9"),
    Magic("AAC in ADIF", b"ADIF"),
    Magic("Flash video (FLV)", b"FLV\x01"),
    Magic("Flash (SWF)", b"FWS"),
    Magic("Flash (SWF)", b"CWS"),
    Magic("Flash (SWF)", b"ZWS"),
    Magic("MPEG program stream", b"\x00\x00\x01\xba"),
    Magic("MPEG video", b"\x00\x00\x01\xb3"),
    Magic("MXF", b"\x06\x0e\x2b\x34\x02\x05\x01\x01"),
    Magic("WTV", b"\xb7\xd8\x00\x20\x37\x49\xda\x11"),
    Magic("NUT", b"nut/multimedia container\x00"),
    Magic("Creative Voice (VOC)", b"Creative Voice File\x1a"),
    Magic("NIST SPHERE", b"NIST_1A"),
    Magic("PVF", b"PVF1"),
    Magic("PVF", b"PVF2"),
    Magic("AVR", b"2BIT"),
    Magic("SoX", b".SoX"),
    Magic("SoX", b"XoS."),
    Magic("IRCAM", b"\x64\xa3"),
    Magic("SMAF (MMF)", b"MMMD"),
    Magic("DSS", b"\x02dss"),
    Magic("DSS", b"\x03dss"),
    Magic("DS2", b"\x03ds2"),
    Magic("Codec 2", b"\xc0\xde\xc2"),
    Magic("CRI ADX", b"\x80\x00", b"\x04", 5),
    Magic("DTS", b"\x7f\xfe\x80\x01"),
    Magic("DTS", b"\xfe\x7f\x01\x80"),
    Magic("DTS", b"\x1f\xff\xe8\x00"),
    Magic("DTS", b"\xff\x1f\x00\xe8"),
    Magic("DTS-HD", b"DTSHDHDR"),
    Magic("TrueHD", b"", b"\xf8\x72\x6f\xba", 4),
    Magic("MLP", b"", b"\xf8\x72\x6f\xbb", 4),
    Magic("FastTracker module (XM)", b"Extended Module: "),
    Magic("Impulse Tracker module (IT)", b"IMPM"),
    Magic("Scream Tracker module (S3M)", b"", b"SCRM", 44),
    Magic("Audible", b"", b"\x57\x90\x75\x36", 4),
    Magic("PDF", b"%PDF-"),
    Magic("ZIP archive", b"PK\x03\x04"),
    Magic("ZIP archive", b"PK\x05\x06"),
    Magic("RAR archive", b"Rar!\x1a\x07"),
    Magic("7z archive", b"7z\xbc\xaf\x27\x1c"),
    Magic("gzip archive", b"\x1f\x8b\x08"),
    Magic("PNG picture", b"\x89PNG\r\n\x1a\n"),
    Magic("JPEG picture", b"\xff\xd8\xff"),
    Magic("GIF picture", b"GIF8"),
    Magic("BMP picture", b"BM", b"\x00\x00\x00\x00", 6),
    Magic("TIFF picture", b"II*\x00"),
    Magic("TIFF picture", b"MM\x00*"),
    Magic("Windows program", b"MZ"),
    Magic("Linux program", b"\x7fELF"),
    Magic("playlist (M3U)", b"#EXTM3U"),
    Magic("playlist (PLS)", b"[playlist]"),
    Magic("HTML page", b"<!doctype html"),
    Magic("HTML page", b"<!DOCTYPE html"),
    Magic("HTML page", b"<html"),
    Magic("XML document", b"<?xml"),
    Magic("JSON document", b'{"'),
)
"""Formats in order of precedence: the longer of two magic numbers with a common beginning comes first."""


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
