"""Files of sound made for tests: honest ones by FFmpeg, dishonest ones by hand."""

import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
FORMATS: dict[str, tuple[str, str, int]] = {
    "mp3": ("mp3", "mp3", 44100),
    "wav": ("wav", "pcm_s16le", 16000),
    "flac": ("flac", "flac", 44100),
    "ogg": ("ogg", "libopus", 48000),
    "m4a": ("ipod", "aac", 44100),
    "aac": ("adts", "aac", 44100),
    "mp4": ("mp4", "aac", 44100),
    "webm": ("webm", "libopus", 48000),
    "mkv": ("matroska", "flac", 44100),
}
"""Muxer, encoder, Hz."""


def tone(seconds: float, *, rate: int, channels: int = 1) -> np.ndarray[Any, np.dtype[np.int16]]:
    wave = np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate) * 8000
    return np.repeat(wave.astype(np.int16), channels)


def record(
    path: Path, kind: str = "wav", *, seconds: float = 1.0, rate: int = 0, channels: int = 1, is_silent: bool = False, **options: str
) -> Path:
    """Valid file. Options are the muxer's."""
    muxer, encoder, usual_rate = FORMATS[kind]
    rate = rate or usual_rate
    with av.open(str(path), "w", format=muxer, container_options=options) as container:
        stream: Any = container.add_stream(encoder, rate=rate)
        stream.codec_context.layout = LAYOUTS[channels]
        _mux(container, stream, seconds=seconds, rate=rate, channels=channels, is_silent=is_silent)
    return path


def film(path: Path, *, muxer: str = "mp4", has_sound: bool = True, seconds: float = 1.0, sound_seconds: float = 1.0) -> Path:
    """A video, with or without sound."""
    with av.open(str(path), "w", format=muxer) as container:
        picture: Any = container.add_stream("libvpx" if muxer == "webm" else "mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound: Any = container.add_stream("libopus" if muxer == "webm" else "aac", rate=48000) if has_sound else None
        if sound is not None:
            sound.codec_context.layout = "mono"
        for number in range(round(seconds * 10)):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 20 % 256, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        if sound is not None:
            _mux(container, sound, seconds=sound_seconds, rate=48000, channels=1)
    return path


def with_cover(path: Path, *, sound: Path, muxer: str = "mp3") -> Path:
    """Audio of another file with a cover picture."""
    with av.open(str(sound)) as source, av.open(str(path), "w", format=muxer) as container:
        target: Any = container.add_stream_from_template(source.streams.audio[0])
        picture: Any = container.add_stream("png", rate=1)
        picture.width, picture.height, picture.pix_fmt = 32, 32, "rgb24"
        picture.disposition = av.stream.Disposition.attached_pic
        cover = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        for packet in picture.encode(cover) + picture.encode(None):
            container.mux(packet)
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = target
                container.mux(packet)
    return path


def with_subtitles(path: Path, *, sound: Path, subtitles: Path) -> Path:
    """A Matroska file of sound and subtitles."""
    subtitles.write_text("1\n00:00:00,100 --> 00:00:00,900\nHello.\n")
    with av.open(str(sound)) as source, av.open(str(subtitles)) as text, av.open(str(path), "w", format="matroska") as container:
        targets = [(source, container.add_stream_from_template(source.streams.audio[0]))]
        targets.append((text, container.add_stream_from_template(text.streams.subtitles[0])))
        for origin, target in targets:
            for packet in origin.demux():
                if packet.dts is not None:
                    packet.stream = target
                    container.mux(packet)
    return path


def wav_bytes(samples: bytes, *, rate: int = 16000, channels: int = 1, announced: int | None = None) -> bytes:
    """WAV file of 16 bits, which may announce more bytes than it holds."""
    size = len(samples) if announced is None else announced
    shape = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2 & 0xFFFFFFFF, channels * 2 & 0xFFFF, 16)
    header = struct.pack("<4sI4s4sI", b"RIFF", min(36 + size, 0xFFFFFFFF), b"WAVE", b"fmt ", 16) + shape
    return header + struct.pack("<4sI", b"data", size) + samples


def silent_flac(frames: int, *, rate: int = 8000) -> bytes:
    """FLAC of silence: 65,535 samples in each frame of about 13 bytes (RFC 9639), far below what encoders produce."""
    info = struct.pack(">HH6sQ16s", 65535, 65535, bytes(6), rate << 44 | 15 << 36 | frames * 65535, bytes(16))
    header = b"fLaC\x80" + len(info).to_bytes(3, "big") + info
    return header + b"".join(_silent_frame(number) for number in range(frames))


def _silent_frame(number: int) -> bytes:
    # Fixed block size, 16 bits of it below, the rate of STREAMINFO, one channel, 16 bits; the frame's number as UTF-8.
    head = b"\xff\xf8\x70\x08" + chr(number).encode() + struct.pack(">H", 65534)
    head += bytes([_crc(head, width=8, polynomial=0x07)])
    frame = head + b"\0\0\0"  # one subframe: constant, value 0
    return frame + struct.pack(">H", _crc(frame, width=16, polynomial=0x8005))


def _crc(data: bytes, *, width: int, polynomial: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << width - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value >> width - 1 else 0)) & (1 << width) - 1
    return value


def box(name: bytes, content: bytes) -> bytes:
    """One box of an MP4 file."""
    return struct.pack(">I4s", 8 + len(content), name) + content


def packed_mp4(unpacked_bytes: int) -> bytes:
    """A QuickTime file whose index is compressed and unpacks to zeros: a bomb. unpacked_bytes: whole megabytes.

    One megabyte is compressed and repeated, as a full flush makes each block independent of those before it.
    """
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = compressor.compress(bytes(1_000_000)) + compressor.flush(zlib.Z_FULL_FLUSH)
    checksum = unpacked_bytes % 65_521 << 16 | 1  # Adler-32 of zeros
    packed = b"\x78\xda" + unpacked_bytes // 1_000_000 * megabyte + compressor.flush() + struct.pack(">I", checksum)
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(
        b"moov", box(b"cmov", box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", unpacked_bytes) + packed))
    )


def _mux(container: Any, stream: Any, *, seconds: float, rate: int, channels: int, is_silent: bool = False) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(format=context.format, layout=context.layout, rate=rate, frame_size=context.frame_size or 0)
    for frame in _frames(seconds, rate=rate, channels=channels, is_silent=is_silent):
        for part in resampler.resample(frame):
            container.mux(stream.encode(part))
    for part in resampler.resample(None):
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))


def _frames(seconds: float, *, rate: int, channels: int, is_silent: bool) -> Iterator[Any]:
    total, block = round(seconds * rate), 65536
    for start in range(0, total, block):
        count = min(block, total - start)
        samples = (
            np.zeros(count * channels, np.int16) if is_silent else tone(count / rate, rate=rate, channels=channels)[: count * channels]
        )
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout=LAYOUTS[channels])
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield frame
