"""Writers of the formats: headers by hand, FFmpeg through PyAV, Vorbis through libsndfile."""

import struct
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final, Protocol

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from workers.contract.formats import AudioFormat

UNKNOWN_SIZE: Final = 0xFFFFFFFF
"""Length in the header of a WAV stream of unknown length; FFmpeg, browsers and libsndfile then read to the end."""
WAV_HEADER_BYTES: Final = 44
SAMPLE_BYTES: Final = 2

VORBIS_BLOCK_SAMPLES: Final = 4096
"""Samples per block: libvorbis takes stack for a whole block at once, and big blocks crash it (https://github.com/xiph/vorbis/issues/99).
"""
VORBIS_BITRATES: Final = (45_000, 64_000, 80_000, 96_000, 112_000, 128_000, 160_000, 192_000, 224_000, 256_000, 320_000)
"""Nominal bits per second of a stereo stream at 44.1 kHz for the qualities 0 to 10 (libvorbis, vorbisenc); speech takes fewer."""


class Sink:
    """File object without seeking that buffers bytes until they are taken."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self.written = 0

    def write(self, data: bytes) -> int:
        self._chunks.append(bytes(data))
        self.written += len(data)
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data


class Writer(Protocol):
    """Consumes mono float32 samples [n] at the rate it was created for."""

    def write(self, samples: NDArray[np.float32]) -> None:
        """Encode samples; some may be held back."""

    def finish(self) -> None:
        """Write what was held back and, if the target is seekable, the true header."""


class PcmWriter:
    """16-bit little-endian PCM, with a WAV header or without."""

    def __init__(self, target: Sink | IO[bytes], *, sample_rate: int, has_header: bool) -> None:
        self._target = target
        self._sample_rate = sample_rate
        self._data_bytes = 0
        self._has_header = has_header
        if has_header:
            target.write(wav_header(sample_rate=sample_rate, data_bytes=None))

    def write(self, samples: NDArray[np.float32]) -> None:
        """Round to 16 bits, clipping at full scale."""
        data = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype("<i2").tobytes()
        self._data_bytes += len(data)
        self._target.write(data)

    def finish(self) -> None:
        """Write the true lengths into the header of a file."""
        if self._has_header and not isinstance(self._target, Sink):
            self._target.seek(0)
            self._target.write(wav_header(sample_rate=self._sample_rate, data_bytes=self._data_bytes))
            self._target.seek(0, 2)


class _VorbisSink(Sink):
    """Sink with a position: libsndfile asks for it, though it only appends."""

    def tell(self) -> int:
        return self.written

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002  # the interface of a file
        """Ignore the request; the position stays."""
        return self.written

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002  # the interface of a file
        return b""


class VorbisWriter:
    """Ogg Vorbis, whose encoder is missing from PyAV's FFmpeg."""

    def __init__(self, target: Sink | IO[bytes], *, sample_rate: int, bitrate: int) -> None:
        quality = float(np.interp(bitrate, VORBIS_BITRATES, np.arange(len(VORBIS_BITRATES)))) / 10
        self._target = target
        self._pages = _VorbisSink()  # libsndfile would pass over an error of the target, a full disk for instance
        self._file = soundfile.SoundFile(
            self._pages, "w", samplerate=sample_rate, channels=1, format="OGG", subtype="VORBIS", compression_level=1.0 - quality
        )

    def write(self, samples: NDArray[np.float32]) -> None:
        for start in range(0, len(samples), VORBIS_BLOCK_SAMPLES):
            self._file.write(samples[start : start + VORBIS_BLOCK_SAMPLES])
        self._target.write(self._pages.take())

    def finish(self) -> None:
        """Write the last page."""
        self._file.close()
        self._target.write(self._pages.take())


FFMPEG: Final[Mapping[str, tuple[str, str, Mapping[str, str], Mapping[str, str]]]] = MappingProxyType(
    {
        "mp3": ("mp3", "libmp3lame", {"write_xing": "0", "id3v2_version": "0"}, {}),
        "flac": ("flac", "flac", {}, {}),
        "opus": ("ogg", "libopus", {"page_duration": "200000"}, {}),
        "aac": ("adts", "aac", {}, {}),
        "m4a": ("ipod", "aac", {"movflags": "empty_moov+default_base_moof+frag_every_frame"}, {"movflags": "+faststart"}),
    }
)
"""Muxer, encoder, and the muxer's options for a stream and for a file."""

ENCODER_OPTIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"libmp3lame": {"compression_level": "7"}})
"""LAME's quality 7 takes 60% of the CPU of its default 5; at 128 kbit/s mono it has bits to spare. 1% of a saturated worker."""


class FFmpegWriter:
    """Every format that FFmpeg encodes."""

    def __init__(self, target: Sink | Path, audio_format: AudioFormat, *, sample_rate: int, bitrate: int) -> None:
        muxer, encoder, stream_options, file_options = FFMPEG[audio_format.name]
        if isinstance(target, Sink):
            options = {"flush_packets": "1", **stream_options}
            self._container: Any = av.open(target, "w", format=muxer, container_options=options)
        else:
            self._container = av.open(str(target), "w", format=muxer, container_options=dict(file_options))
        self._stream = self._container.add_stream(encoder, rate=sample_rate, layout="mono", options=dict(ENCODER_OPTIONS.get(encoder, {})))
        if bitrate:
            self._stream.bit_rate = bitrate
        self._sample_rate = sample_rate
        self._written = 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Encode samples; an incomplete frame is kept."""
        if not len(samples):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32).reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate, frame.pts = self._sample_rate, self._written
        self._written += len(samples)
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Drain the encoder and write the trailer."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


def wav_header(*, sample_rate: int, data_bytes: int | None) -> bytes:
    """Header of 44 bytes for mono 16-bit samples (Microsoft's RIFF WAVE, format 1); data_bytes: None if unknown."""
    size = UNKNOWN_SIZE if data_bytes is None else min(data_bytes, UNKNOWN_SIZE)
    riff_size = min(size + WAV_HEADER_BYTES - 8, UNKNOWN_SIZE)
    layout = struct.pack("<IHHIIHH", 16, 1, 1, sample_rate, sample_rate * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    return b"RIFF" + struct.pack("<I", riff_size) + b"WAVEfmt " + layout + b"data" + struct.pack("<I", size)
