"""Writers of the formats: headers by hand, FFmpeg through PyAV, Vorbis through libsndfile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final, Protocol

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from workers.audio.encoding.id3 import chapter_tag
from workers.audio.encoding.resampler import LAYOUTS, audio_frame
from workers.audio.encoding.wav import FLOAT_BITS, info_chunk, wav_header
from workers.contract.chapters import ChapterTime
from workers.contract.formats import AudioFormat

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


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """Form of the encoded audio, which the format has."""

    sample_rate: int
    channels: int = 1
    bitrate: int = 0
    """Bits per second; 0 for a lossless format."""
    bits: int = 16
    tags: Mapping[str, str] = field(default_factory=dict)
    chapter_titles: tuple[str, ...] = ()
    is_large: bool = False
    """True if a WAV file may exceed 4 GB."""


class Writer(Protocol):
    """Consumes float32 samples [n], or [n, channels] of several channels, at the rate it was created for."""

    def write(self, samples: NDArray[np.float32]) -> None:
        """Encode samples; some may be held back."""

    def finish(self, chapters: Sequence[ChapterTime] = ()) -> None:
        """Write what was held back and, if the target is seekable, the true header and the chapters."""


class PcmWriter:
    """Little-endian PCM of 16 or 24 bits or 32-bit floating point, with a WAV header or without."""

    def __init__(self, target: Sink | IO[bytes], *, settings: WriterSettings, has_header: bool) -> None:
        self._target = target
        self._settings = settings
        self._data_bytes = 0
        self._has_header = has_header
        if has_header:
            target.write(self._header(None))

    def write(self, samples: NDArray[np.float32]) -> None:
        """Round to the bit depth, clipping at full scale; floating point is not clipped."""
        data = _packed(samples, bits=self._settings.bits)
        self._data_bytes += len(data)
        self._target.write(data)

    def finish(self, chapters: Sequence[ChapterTime] = ()) -> None:  # noqa: ARG002 - WAV has none
        """Write the tags and the true lengths into a file."""
        if not self._has_header or isinstance(self._target, Sink):
            return
        padding = bytes(self._data_bytes % 2)
        tags = info_chunk(self._settings.tags)
        self._target.write(padding + tags)
        self._target.seek(0)
        self._target.write(self._header(self._data_bytes, extra_bytes=len(padding) + len(tags)))
        self._target.seek(0, 2)

    def _header(self, data_bytes: int | None, *, extra_bytes: int = 0) -> bytes:
        settings = self._settings
        return wav_header(
            sample_rate=settings.sample_rate,
            data_bytes=data_bytes,
            channels=settings.channels,
            bits=settings.bits,
            extra_bytes=extra_bytes,
            has_room_for_rf64=settings.is_large,
        )


def pcm16(samples: NDArray[np.float32]) -> bytes:
    """Samples [n], full scale 1.0, as 16-bit little-endian PCM: rounded, and clipped at full scale."""
    return _packed(samples, bits=16)


def from_pcm16(data: bytes) -> NDArray[np.float32]:
    """Samples [n], full scale 1.0, of 16-bit little-endian PCM; pcm16 gives back the same bytes."""
    return np.frombuffer(data, "<i2").astype(np.float32) * np.float32(1 / (1 << 15))


def _packed(samples: NDArray[np.float32], *, bits: int) -> bytes:
    if bits == FLOAT_BITS:
        return samples.astype("<f4").tobytes()
    scale = 1 << (bits - 1)
    rounded = np.clip(np.rint(samples.astype(np.float64) * scale), -scale, scale - 1).astype("<i4")
    if bits == 16:
        return rounded.astype("<i2").tobytes()
    return rounded.reshape(-1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


class _VorbisSink(Sink):
    """Sink with a position: libsndfile asks for it, though it only appends."""

    def tell(self) -> int:
        return self.written

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002  # the interface of a file
        """Ignore the request; the position stays."""
        return self.written

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002  # the interface of a file
        return b""


VORBIS_TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "title": "title",
        "artist": "artist",
        "album": "album",
        "date": "date",
        "track": "tracknumber",
        "genre": "genre",
        "comment": "comment",
        "copyright": "copyright",
    }
)
"""Tags that libsndfile writes, by our names."""
VORBIS_ORDER: Final[Mapping[int, tuple[int, ...]]] = MappingProxyType({6: (0, 2, 1, 4, 5, 3)})
"""Order of the channels in Vorbis (specification, 4.3.9), by ours: left, centre, right, the rear ones, the effects channel."""


class VorbisWriter:
    """Ogg Vorbis, whose encoder is missing from PyAV's FFmpeg."""

    def __init__(self, target: Sink | IO[bytes], *, settings: WriterSettings) -> None:
        quality = float(np.interp(settings.bitrate, VORBIS_BITRATES, np.arange(len(VORBIS_BITRATES)))) / 10
        self._target = target
        self._order = VORBIS_ORDER.get(settings.channels)
        self._pages = _VorbisSink()  # libsndfile would pass over an error of the target, a full disk for instance
        self._file = soundfile.SoundFile(
            self._pages,
            "w",
            samplerate=settings.sample_rate,
            channels=settings.channels,
            format="OGG",
            subtype="VORBIS",
            compression_level=1.0 - quality,
        )
        for name in VORBIS_TAGS.keys() & settings.tags.keys():
            setattr(self._file, VORBIS_TAGS[name], settings.tags[name])

    def write(self, samples: NDArray[np.float32]) -> None:
        for start in range(0, len(samples), VORBIS_BLOCK_SAMPLES):
            block = samples[start : start + VORBIS_BLOCK_SAMPLES]
            self._file.write(block[:, self._order] if self._order else block)
        self._target.write(self._pages.take())

    def finish(self, chapters: Sequence[ChapterTime] = ()) -> None:  # noqa: ARG002 - only MP3 and MP4 have them here
        self._file.close()
        self._target.write(self._pages.take())


FFMPEG: Final[Mapping[str, tuple[str, str, Mapping[str, str], Mapping[str, str]]]] = MappingProxyType(
    {
        "mp3": ("mp3", "libmp3lame", {"write_xing": "0", "id3v2_version": "0"}, {}),
        "flac": ("flac", "flac", {}, {}),
        "opus": ("ogg", "libopus", {"page_duration": "200000"}, {}),
        "aac": ("adts", "aac", {}, {}),
        "m4a": ("ipod", "aac", {"movflags": "empty_moov+default_base_moof+frag_every_frame"}, {"movflags": "+faststart"}),
        "m4b": (
            "ipod",
            "aac",
            {"movflags": "empty_moov+default_base_moof+frag_every_frame", "brand": "M4B "},
            {"movflags": "+faststart", "brand": "M4B "},
        ),
    }
)
"""Muxer, encoder, and the muxer's options for a stream and for a file."""

ENCODER_OPTIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"libmp3lame": {"compression_level": "7"}})
"""LAME's quality 7 takes 60% of the CPU of its default 5; at 128 kbit/s mono it has bits to spare. 1% of a saturated worker."""


MILLISECONDS: Final = Fraction(1, 1000)


class _FileBehindTag:
    """File whose first bytes are a tag that FFmpeg does not see."""

    def __init__(self, path: Path, *, tag_bytes: int) -> None:
        self._file = path.open("wb")
        self._tag_bytes = tag_bytes
        self._file.write(bytes(tag_bytes))

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell() - self._tag_bytes

    def seek(self, offset: int, whence: int = 0) -> int:
        """Position as in a file that begins behind the tag."""
        return self._file.seek(offset + self._tag_bytes if whence == 0 else offset, whence) - self._tag_bytes

    def finish(self, tag: bytes) -> None:
        """Write the tag, which must have the announced length, and close the file."""
        if len(tag) != self._tag_bytes:
            raise ValueError(f"the tag has {len(tag)} bytes instead of {self._tag_bytes}")
        self._file.seek(0)
        self._file.write(tag)
        self._file.close()


class FFmpegWriter:
    """Every format that FFmpeg encodes."""

    def __init__(self, target: Sink | Path, audio_format: AudioFormat, *, settings: WriterSettings) -> None:
        muxer, encoder, stream_options, file_options = FFMPEG[audio_format.name]
        self._tags = settings.tags
        self._tagged: _FileBehindTag | None = None
        if isinstance(target, Sink):
            options = {"flush_packets": "1", **stream_options}
            self._container: Any = av.open(target, "w", format=muxer, container_options=options)
        elif settings.chapter_titles and muxer == "mp3":
            # FFmpeg would write the chapters' times with the header, before they are known.
            empty = chapter_tag([ChapterTime(title, 0.0, 0.0) for title in settings.chapter_titles], tags=settings.tags)
            self._tagged = _FileBehindTag(target, tag_bytes=len(empty))
            self._container = av.open(self._tagged, "w", format=muxer, container_options={**file_options, "id3v2_version": "0"})
        else:
            self._container = av.open(str(target), "w", format=muxer, container_options=dict(file_options))
            self._container.metadata.update(settings.tags)
        layout = LAYOUTS[settings.channels]
        options = dict(ENCODER_OPTIONS.get(encoder, {}))
        self._stream = self._container.add_stream(encoder, rate=settings.sample_rate, layout=layout, options=options)
        self._stream.metadata.update(settings.tags if muxer == "ogg" else {})
        if settings.bitrate:
            self._stream.bit_rate = settings.bitrate
        if settings.bits > 16:
            self._stream.format = "s32"  # FLAC's encoder makes 24 bits of it
        self._sample_rate = settings.sample_rate
        self._written = 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Encode samples; an incomplete frame is kept."""
        if not len(samples):
            return
        frame = audio_frame(samples, sample_rate=self._sample_rate, start=self._written)
        self._written += len(samples)
        self._container.mux(self._stream.encode(frame))

    def finish(self, chapters: Sequence[ChapterTime] = ()) -> None:
        """Drain the encoder and write the trailer."""
        self._container.mux(self._stream.encode(None))
        if chapters and self._tagged is None:
            self._container.set_chapters([_chapter(number, chapter) for number, chapter in enumerate(chapters)])
        self._container.close()
        if self._tagged is not None:
            self._tagged.finish(chapter_tag(chapters, tags=self._tags))


def _chapter(number: int, chapter: ChapterTime) -> dict[str, Any]:
    """A chapter as PyAV takes it."""
    return {
        "id": number,
        "start": round(chapter.start * 1000),
        "end": round(chapter.end * 1000),
        "time_base": MILLISECONDS,
        "metadata": {"title": chapter.title},
    }
