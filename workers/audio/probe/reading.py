"""Decodes frames of an untrusted file. Runs in the child process only."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

import av
import av.subtitles.codeccontext  # PyAV imports these two when it meets the first file or subtitle: too late once nothing can be opened
import av.subtitles.stream
from av import FFmpegError

from workers.audio.probe import errors
from workers.audio.probe.errors import ProbeError
from workers.audio.probe.info import SUPPORTED_ENCODINGS, AudioInfo, ProbeLimits
from workers.audio.probe.mpeg import read_frame
from workers.audio.probe.signature import Signature
from workers.audio.probe.tags import clean_tags

DECODERS: Final = (
    "mp3float,mp3,aac,alac,flac,vorbis,opus,libopus,libvorbis,amrnb,amrwb,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be"
)
"""FFmpeg's names of the codecs found in the accepted containers in practice, including phones' voice memos."""
TOLERATED_SECONDS: Final = 0.3
TOLERATED_SHARE: Final = 0.03
"""Share of missing audio that is tolerated: headers count encoder delay and padding that decoders drop. Beyond both tolerances the file is
truncated.
"""
DAMAGED_PACKETS: Final = 10
DAMAGED_SHARE: Final = 0.2
"""Share of undecodable audio that is tolerated. Beyond both tolerances the file is refused as corrupt."""
READ_SHARE: Final = 0.9
"""A file that becomes unreadable before this share of its bytes is truncated; after it, the rest is trailing junk."""

AAC_FRAME_SAMPLES: Final = 1024
LONGEST_PADDING_SECONDS: Final = 0.3
"""Priming and padding of AAC: at most four frames of 2,048 samples or so. A file that states much less than it holds states no length."""


class Reading:
    """One pass over the first audio stream of a file."""

    def __init__(self, file: BinaryIO, *, signature: Signature, size: int, limits: ProbeLimits) -> None:
        """Raises ProbeError (corrupt_audio, no_audio, unsupported_codec)."""
        self._signature, self._size, self._limits = signature, size, limits
        try:
            self._container: Any = av.open(
                file,
                format=signature.demuxer,
                options={"codec_whitelist": DECODERS},  # else video decoders are opened to look at pictures
                metadata_errors="replace",
                io_open=_refuse_to_open,
            )
        except FFmpegError as error:
            raise _corrupt(error) from error
        if not self._container.streams.audio:
            raise ProbeError(errors.NO_AUDIO, "The file holds no sound. Send a recording, or a video that has sound.")
        self._stream: Any = self._container.streams.audio[0]
        decoder = self._stream.codec_context
        if decoder is None or not _is_supported(decoder.name, container=signature.container):
            encoding = decoder.codec.long_name if decoder else "an unknown encoding"
            raise ProbeError(
                errors.UNSUPPORTED_CODEC,
                f"The file is {signature.container} with audio in {encoding}, which is not supported. "
                f"Supported encodings: {SUPPORTED_ENCODINGS}. Convert the file to MP3 or WAV.",
            )
        decoder.thread_count = 1
        self._shape = (0, 0)
        self._samples: dict[int, int] = {}
        self._packets = self._damaged = 0
        self._first_start: float | None = None
        self._last_end = 0.0
        self._last_byte = 0
        self._is_broken_off = False
        self._last_packet: Any = None

    @property
    def tags(self) -> dict[str, str]:
        """Descriptive tags of the stream and of its container."""
        return clean_tags(self._stream.metadata, self._container.metadata)

    @property
    def bits(self) -> int:
        """Bits of a sample that are worth keeping, known after the first frame: FFmpeg decodes 24 bits to its s32."""
        decoder = self._stream.codec_context
        if decoder.name.startswith("pcm_f"):
            return 32
        return 24 if decoder.format.name.startswith("s32") else 16

    @property
    def exact_seconds(self) -> float:
        """Duration that MP4 states for AAC without the padding of its last packet, which FFmpeg decodes too; otherwise 0."""
        stream, decoder = self._stream, self._stream.codec_context
        if self._signature.demuxer != "mov" or decoder.name != "aac" or not stream.duration or not decoder.sample_rate:
            return 0.0
        seconds = float(stream.duration * stream.time_base)
        packets_seconds = stream.frames * (decoder.frame_size or AAC_FRAME_SAMPLES) / decoder.sample_rate
        return seconds if seconds <= packets_seconds <= seconds + LONGEST_PADDING_SECONDS else 0.0

    def frames(self) -> Iterator[Any]:
        """Decode every frame, checking the limits. Raises ProbeError."""
        for packet in self._demuxed():
            if packet.stream is not self._stream:
                continue
            self._packets += 1
            try:
                frames = packet.decode()
            except FFmpegError as error:
                self._record_damage(error)
                continue
            for frame in frames:
                self._check(frame)
                yield frame

    def drain(self) -> AudioInfo:
        """Read the whole file for its facts, without keeping its samples. Raises ProbeError."""
        for _ in self.frames():
            pass
        return self.finish()

    def finish(self) -> AudioInfo:
        """Return the facts about the whole file. Raises ProbeError (no_audio, corrupt_audio, truncated_audio, too_short)."""
        if not self._samples:
            if self._damaged or self._signature.announced_seconds:
                raise _corrupt(None)
            raise ProbeError(errors.NO_AUDIO, "The file holds no sound: it ends where its audio should begin. Send a recording.")
        if self._damaged > max(DAMAGED_PACKETS, DAMAGED_SHARE * self._packets):
            raise _corrupt(None)
        self._check_complete()
        if self._is_broken_off:
            raise _corrupt(None)
        info = AudioInfo(
            container=self._signature.container,
            codec=self._stream.codec_context.codec.canonical_name,
            audio_seconds=self._seconds,
            sample_rate=self._shape[0],
            channels=self._shape[1],
            bytes=self._size,
            is_damaged=self._damaged > 0,
        )
        self._limits.check(info)
        return info

    @property
    def _seconds(self) -> float:
        return sum(samples / rate for rate, samples in self._samples.items())

    def _demuxed(self) -> Iterator[Any]:
        packets = self._container.demux()
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except FFmpegError as error:
                self._record_damage(error)
                self._is_broken_off = self._last_byte < READ_SHARE * self._size
                return
            self._last_packet = packet if packet.size else self._last_packet
            self._last_byte = max(self._last_byte, (packet.pos or 0) + packet.size)
            self._record_time(packet)
            yield packet

    def _record_time(self, packet: Any) -> None:
        """Record the time reached by the file's own clock: of this stream if it announces its length, else of all streams."""
        if packet.pts is None or (self._stream.duration and packet.stream is not self._stream):
            return
        start = packet.pts * float(packet.time_base)
        self._first_start = start if self._first_start is None else min(self._first_start, start)
        self._last_end = max(self._last_end, start + (packet.duration or 0) * float(packet.time_base))

    def _record_damage(self, error: FFmpegError) -> None:
        if isinstance(error, MemoryError):
            raise error
        self._damaged += 1

    def _check(self, frame: Any) -> None:
        shape = (int(frame.sample_rate), int(frame.layout.nb_channels))
        if shape != self._shape:
            self._limits.check_shape(sample_rate=shape[0], channels=shape[1])
            self._shape = shape if self._shape == (0, 0) else self._shape
        self._samples[shape[0]] = self._samples.get(shape[0], 0) + frame.samples
        self._limits.check_too_long(self._seconds)

    def _check_complete(self) -> None:
        if self._signature.is_cut or (self._signature.demuxer == "aac" and _is_cut(bytes(self._last_packet))):
            raise ProbeError(errors.TRUNCATED_AUDIO, "The file ends in the middle of its sound: it was cut off. Send the whole file.")
        announced, held = self._signature.announced_seconds, self._seconds
        if self._signature.demuxer in {"mov", "matroska"}:
            duration = self._stream.duration
            announced = duration * float(self._stream.time_base) if duration else (self._container.duration or 0) / av.time_base
            held = self._last_end - (self._first_start or 0.0)
        if announced - held > max(TOLERATED_SECONDS, TOLERATED_SHARE * announced):
            raise ProbeError(
                errors.TRUNCATED_AUDIO,
                f"The file announces {announced:,.1f} s of sound and holds {held:,.1f} s: it was cut off. Send the whole file.",
            )


def _is_cut(packet: bytes) -> bool:
    """True if a frame's header announces more bytes than there are. MP3 is not checked: many valid ones end inside a frame."""
    frame = read_frame(packet, 0)
    return frame is not None and frame.length > len(packet)


def _is_supported(decoder: str, *, container: str) -> bool:
    """True if the codec is decoded from this container. FFmpeg cannot split AAC and Vorbis in WAV as its few writers put them."""
    if container == "wav" and not decoder.startswith(("pcm_", "adpcm_", "mp3")):
        return False
    return decoder in DECODERS.split(",")


def _corrupt(error: BaseException | None) -> ProbeError:
    if isinstance(error, MemoryError):
        raise error
    return ProbeError(errors.CORRUPT_AUDIO, errors.CORRUPT_MESSAGE)


def _refuse_to_open(url: str, flags: int, options: Any) -> NoReturn:  # noqa: ARG001 - PyAV's signature
    raise PermissionError("a file that names other files is not followed")
