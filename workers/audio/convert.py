"""Converts files to another format, or joins many to one, as a stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.audio.decode import AudioReader
from workers.audio.encoding import EncodedFile, FileEncoder, encode_file


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """Properties of a file joined from several."""

    file: EncodedFile
    part_seconds: tuple[float, ...]
    """Duration of each part, by which the times of the next parts are shifted."""


def convert_file(source: Path, target: Path, *, audio_format: str, sample_rate: int = 0, bitrate: int = 0) -> EncodedFile:
    """Convert `source` to another format, mono, in bounded memory. Parameters as for encode.Encoder. Raises WorkError (bad_audio)."""
    with AudioReader(source) as reader:
        return encode_file(
            target,
            reader.blocks(),
            audio_format=audio_format,
            input_rate=reader.sample_rate,
            sample_rate=sample_rate,
            bitrate=bitrate,
        )


def join_files(sources: Sequence[Path], target: Path, *, audio_format: str, sample_rate: int = 0, bitrate: int = 0) -> JoinedFile:
    """Concatenate the parts sample for sample through one encoder, in bounded memory.

    All are resampled to the rate of the first. Parameters as for encode.Encoder. Raises WorkError (bad_audio), ValueError for no parts.
    """
    if not sources:
        raise ValueError("nothing to join")
    with AudioReader(sources[0]) as first:
        input_rate = first.sample_rate
    seconds: list[float] = []
    with FileEncoder(target, audio_format, input_rate=input_rate, sample_rate=sample_rate, bitrate=bitrate) as encoder:
        for source in sources:
            samples = 0
            with AudioReader(source, sample_rate=input_rate) as reader:
                for block in reader.blocks():
                    encoder.write(block)
                    samples += len(block)
            seconds.append(samples / input_rate)
        return JoinedFile(encoder.finish(), tuple(seconds))
