"""Converts files to another format, or joins many to one, as a stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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


def join_files(
    sources: Sequence[Path], target: Path, *, audio_format: str, sample_rate: int = 0, bitrate: int = 0, overlap_seconds: float = 0.0
) -> JoinedFile:
    """Concatenate the parts sample for sample through one encoder, in bounded memory.

    overlap_seconds: audio that neighbouring parts have in common; it is cross-faded.

    All are resampled to the rate of the first. Parameters as for encode.Encoder. Raises WorkError (bad_audio), ValueError for no parts.
    """
    if not sources:
        raise ValueError("nothing to join")
    with AudioReader(sources[0]) as first:
        input_rate = first.sample_rate
    overlap = Overlap(round(overlap_seconds * input_rate))
    seconds: list[float] = []
    with FileEncoder(target, audio_format, input_rate=input_rate, sample_rate=sample_rate, bitrate=bitrate) as encoder:
        for source in sources:
            samples = 0
            with AudioReader(source, sample_rate=input_rate) as reader:
                for block in reader.blocks():
                    written = overlap.feed(block)
                    encoder.write(written)
                    samples += len(written)
            written = overlap.end_part()
            encoder.write(written)
            seconds.append((samples + len(written)) / input_rate)
        rest = overlap.finish()
        encoder.write(rest)
        seconds[-1] += len(rest) / input_rate
        return JoinedFile(encoder.finish(), tuple(seconds))


class Overlap:
    """Cross-fades the end of each part with the beginning of the next one, both `length` samples long."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._ending = np.zeros(0, np.float32)
        """End of the previous part, not yet mixed with this one's beginning."""
        self._held = np.zeros(0, np.float32)
        """Last samples so far, which may be this part's end."""

    def feed(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Append a block of the current part; returns the samples that are complete."""
        if not self._length:
            return block
        self._held = np.concatenate([self._held, block])
        if len(self._ending):
            if len(self._held) < 2 * self._length:
                return self._held[:0]
            self._held[: self._length] = cross_fade(self._ending, self._held[: self._length])
            self._ending = self._ending[:0]
        ready = max(0, len(self._held) - self._length)
        complete, self._held = self._held[:ready], self._held[ready:]
        return complete

    def end_part(self) -> NDArray[np.float32]:
        """End the current part; what follows is the next one. Returns the samples that are complete."""
        if len(self._ending):  # a part shorter than two overlaps
            count = min(len(self._ending), len(self._held))
            self._held = np.concatenate([cross_fade(self._ending[:count], self._held[:count]), self._held[count:]])
        ready = max(0, len(self._held) - self._length)
        complete, self._ending, self._held = self._held[:ready], self._held[ready:], self._held[:0]
        return complete

    def finish(self) -> NDArray[np.float32]:
        """Return the end of the last part."""
        rest, self._ending = self._ending, self._ending[:0]
        return rest


def cross_fade(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fade from one to the other along a raised cosine; both have shape [n]."""
    share = (0.5 - 0.5 * np.cos(np.pi * (np.arange(len(after)) + 0.5) / max(1, len(after)))).astype(np.float32)
    return np.asarray(before * (1 - share) + after * share, np.float32)
