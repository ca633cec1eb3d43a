"""Unsupported formats are refused by name, and never called damaged."""

import random
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.workers.audio.probe.recordings import box, record
from workers.audio.probe import SUPPORTED_FORMATS, ProbeError, probe_file

NOISE = random.Random(7).randbytes(40_000)
"""Noise, as encoded audio looks; it contains MP3 frame headers by chance."""
MADE: dict[str, tuple[str, str, int, str]] = {
    "amr": ("amr", "libopencore_amrnb", 8000, "AMR"),
    "aiff": ("aiff", "pcm_s16be", 16000, "AIFF"),
    "au": ("au", "pcm_s16be", 16000, "AU"),
    "caf": ("caf", "alac", 16000, "CAF"),
    "wave64": ("w64", "pcm_s16le", 16000, "Wave64"),
    "avi with mp3": ("avi", "mp3", 44100, "AVI"),
    "mpeg-ts with aac": ("mpegts", "aac", 44100, "MPEG transport stream"),
    "mpeg-ps": ("mpeg", "mp2", 44100, "MPEG program stream"),
    "flv with mp3": ("flv", "mp3", 44100, "Flash video (FLV)"),
    "ac3": ("ac3", "ac3", 48000, "AC-3"),
    "e-ac3": ("eac3", "eac3", 48000, "E-AC-3"),
    "mp2": ("mp2", "mp2", 44100, "MPEG audio layer II (MP2)"),
    "tta": ("tta", "tta", 16000, "True Audio (TTA)"),
    "wavpack": ("wv", "wavpack", 16000, "WavPack"),
    "voc": ("voc", "pcm_u8", 8000, "Creative Voice (VOC)"),
    "realaudio": ("rm", "ac3", 48000, "RealMedia"),
}
"""Muxer, encoder, Hz, and the name in the refusal."""
BY_HAND = {
    b"#!AMR-WB\n": "AMR-WB",
    b"#!SILK_V3": "SILK",
    b"MThd\0\0\0\x06\0\1\0\2": "MIDI",
    b"RIFF\0\0\1\0RMIDdata": "MIDI",
    b"FORM\0\0\1\0AIFCFVER": "AIFF-C",
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"): "WMA, WMV or ASF",
    b".ra\xfd\0\3": "RealAudio",
    b"MAC \x96\x0f\0\0": "Monkey's Audio (APE)",
    b"MPCK": "Musepack",
    b"MP+\x07": "Musepack",
    b"tBaK": "TAK",
    b"ajkg\2": "Shorten",
    b"\x7f\xfe\x80\x01": "DTS",
    b"DSD \x1c\0\0\0": "DSF (DSD)",
    b"FRM8\0\0\0\0": "DSDIFF (DSD)",
    b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + b"MP+\x07": "Musepack",
    b"PK\x03\x04": "ZIP archive",
    b"%PDF-1.7": "PDF",
    b"\x89PNG\r\n\x1a\n": "PNG picture",
    box(b"ftyp", b"heic\0\0\0\0mif1"): "HEIF, AVIF or CR3 picture",
    box(b"ftyp", b"aax \0\0\0\1aax "): "protected MP4 (DRM)",
}


def refusal(path: Path) -> ProbeError:
    with pytest.raises(ProbeError) as refused:
        probe_file(path)
    return refused.value


def encode(path: Path, *, muxer: str, encoder: str, rate: int) -> Path:
    """Second of noise, whose encoded data has every byte value."""
    samples = np.random.default_rng(0).integers(-8000, 8000, rate, np.int16)
    with av.open(str(path), "w", format=muxer) as container:
        stream = container.add_stream(encoder, rate=rate, layout="mono")
        context = stream.codec_context
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        context.open(strict=False)
        resampler = av.AudioResampler(format=context.format, layout="mono", rate=rate, frame_size=context.frame_size or 0)
        for part in [*resampler.resample(frame), *resampler.resample(None), None]:
            container.mux(stream.encode(part))
    return path


@pytest.mark.parametrize("kind", MADE)
def test_a_real_file_in_an_unsupported_format_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    muxer, encoder, rate, name = MADE[kind]
    error = refusal(encode(tmp_path / "misleading.mp3", muxer=muxer, encoder=encoder, rate=rate))
    assert error.code == "unsupported_format"
    assert error.message == (
        f"The file's format, {name}, is not supported. Supported formats: {SUPPORTED_FORMATS}. Convert the file to one of them."
    )


@pytest.mark.parametrize("start", BY_HAND, ids=BY_HAND.values())
def test_the_first_bytes_of_an_unsupported_format_name_it(start: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(start + NOISE)
    error = refusal(tmp_path / "file")
    assert (error.code, f", {BY_HAND[start]}, is not supported" in error.message) == ("unsupported_format", True)


@pytest.mark.parametrize("seed", range(20))
def test_noise_without_a_signature_is_never_called_damaged(seed: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\0" + random.Random(seed).randbytes(30_000))
    error = refusal(tmp_path / "file")
    assert error.code == "unsupported_format"
    assert SUPPORTED_FORMATS in error.message


def wav(tag: int, *, block: int, extra: bytes = b"") -> bytes:
    """WAV whose data is in the encoding `tag` (mmreg.h)."""
    shape = struct.pack("<HHIIHHH", tag, 1, 8000, 1625, block, 0, len(extra)) + extra
    data = NOISE[: block * 50]
    head = struct.pack("<4sI4s4sI", b"RIFF", 20 + len(shape) + len(data), b"WAVE", b"fmt ", len(shape))
    return head + shape + struct.pack("<4sI", b"data", len(data)) + data


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (wav(0x31, block=65, extra=struct.pack("<H", 320)), "GSM"),
        (wav(0x22, block=32, extra=bytes(32)), "TrueSpeech"),
        (wav(0x83, block=10), "G.729"),
        (wav(0x161, block=1487, extra=bytes(10)), "Windows Media Audio 2"),
        (wav(0xFF, block=1, extra=b"\x12\x10"), "AAC"),
        (wav(0x9999, block=32), "an unknown encoding"),
    ],
    ids=["gsm", "truespeech", "g729", "wma", "aac", "unknown"],
)
def test_an_unsupported_encoding_in_wav_is_refused_by_name(content: bytes, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    error = refusal(tmp_path / "file")
    assert error.code == "unsupported_codec"
    assert encoding in error.message
    assert "Supported encodings: MP3, AAC," in error.message


def test_a_file_of_two_mp3_frames_is_known_as_mp3(tmp_path: Path) -> None:
    whole = record(tmp_path / "whole.mp3", "mp3", seconds=1.0, write_xing="0", id3v2_version="0").read_bytes()
    second = whole.index(b"\xff\xfb", 4)
    (tmp_path / "two").write_bytes(whole[: whole.index(b"\xff\xfb", second + 4)])
    assert probe_file(tmp_path / "two").container == "mp3"
