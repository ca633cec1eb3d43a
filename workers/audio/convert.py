"""Files to files: another format, or many parts to one, streaming."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.audio.decode import AudioReader
from workers.audio.encoding import EncodedFile, FileEncoder, encode_file


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """Facts about a file that was joined from several."""

    file: EncodedFile
    part_seconds: tuple[float, ...]
    """Length of each part, by which the times in the next ones are shifted."""


def convert_file(source: Path, target: Path, *, audio_format: str, sample_rate: int = 0, bitrate: int = 0) -> EncodedFile:
    """Writes `source` in another format, mono, in bounded memory. Parameters as for encode.Encoder. Raises WorkError (bad_audio)."""
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
    """Writes the parts one behind the other, sample for sample, through one encoder, in bounded memory.

    All are brought to the rate of the first. Parameters as for encode.Encoder. Raises WorkError (bad_audio), ValueError for no parts.
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
