"""Converts files to another format, or joins many to one, as a stream."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.decode import AudioReader
from workers.audio.encoding import EncodedFile, EncodingOptions, FileEncoder
from workers.audio.rewriting import Steps
from workers.contract.chapters import ChapterTime


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """Properties of a file joined from several."""

    file: EncodedFile
    part_starts: tuple[float, ...]
    """Second at which each part begins, by which its times are shifted."""


STEP_SECONDS: Final = 30.0
"""Audio between two places to stop: less than half a second of computing."""


def convert_file(
    source: Path, target: Path, *, audio_format: str, sample_rate: int = 0, bitrate: int = 0, chapters: Sequence[ChapterTime] = ()
) -> Steps[EncodedFile]:
    """Convert `source` to another format, mono, in bounded memory. Parameters as for encode.Encoder. Raises WorkError (bad_audio).

    chapters: written into the file if its format holds them.
    """
    with AudioReader(source) as reader:
        options = EncodingOptions(
            sample_rate=sample_rate,
            bitrate=bitrate,
            expected_seconds=reader.stated_seconds,
            chapter_titles=tuple(chapter.title for chapter in chapters),
        )
        with FileEncoder(target, audio_format, input_rate=reader.sample_rate, options=options) as encoder:
            step = STEP_SECONDS
            for block in reader.blocks():
                encoder.write(block)
                if encoder.seconds >= step:
                    yield encoder.seconds
                    step = encoder.seconds + STEP_SECONDS
            return encoder.finish(chapters)


def join_files(
    sources: Iterable[AbstractContextManager[Path]],
    target: Path,
    *,
    audio_format: str,
    options: EncodingOptions,
    overlap_seconds: float = 0.0,
    starts_at: Sequence[float | None] = (),
    pauses: Sequence[float] = (),
    least_seconds: float = 0.0,
    chapters: Callable[[Sequence[float], float], Sequence[ChapterTime]] = lambda starts, seconds: (),  # noqa: ARG005 - none
) -> Steps[JoinedFile]:
    """Concatenate the parts sample for sample through one encoder, in bounded memory; each source is open only while it is read.

    overlap_seconds: audio that neighbouring parts have in common; it is cross-faded. starts_at: earliest second of each part, where it has
    one; silence fills the time until then, and up to least_seconds. pauses: seconds of silence before each part, which is then not cross-faded. chapters: those of the joined file, from the start of each part and the
    length of the whole; `options` announce their titles.

    All are resampled to the rate of the first. Raises WorkError (bad_audio), ValueError for no parts.
    """
    with ExitStack() as stack:
        encoder, overlap, rate = None, Overlap(0), 0
        starts: list[float] = []
        for index, source in enumerate(sources):
            with source as path, AudioReader(path, sample_rate=rate) as reader:
                if encoder is None:
                    rate = reader.sample_rate
                    overlap = Overlap(round(overlap_seconds * rate))
                    encoder = stack.enter_context(FileEncoder(target, audio_format, input_rate=rate, options=options))
                if pauses and pauses[index] > 0:
                    encoder.write(overlap.finish())
                    yield from _fill(encoder, rate=rate, until=encoder.seconds + pauses[index])
                if starts_at and (start := starts_at[index]) is not None:
                    yield from _fill(encoder, rate=rate, until=start)
                starts.append(encoder.seconds)
                for block in reader.blocks():
                    encoder.write(overlap.feed(block))
            encoder.write(overlap.end_part())
            yield encoder.seconds
        if encoder is None:
            raise ValueError("nothing to join")
        encoder.write(overlap.finish())
        yield from _fill(encoder, rate=rate, until=least_seconds)
        return JoinedFile(encoder.finish(chapters(starts, encoder.seconds)), tuple(starts))


def _fill(encoder: FileEncoder, *, rate: int, until: float) -> Steps[None]:
    """Write silence up to this second."""
    second: NDArray[np.float32] = np.zeros(rate, np.float32)
    step = encoder.seconds + STEP_SECONDS
    while (missing := round((until - encoder.seconds) * rate)) > 0:
        encoder.write(second[:missing])
        if encoder.seconds >= step:
            yield encoder.seconds
            step = encoder.seconds + STEP_SECONDS


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
            count = len(self._ending)  # below the overlap after a shorter part
            self._held[:count] = cross_fade(self._ending, self._held[:count])
            self._ending = self._ending[:0]
        ready = max(0, len(self._held) - self._length)
        complete, self._held = self._held[:ready], self._held[ready:]
        return complete

    def end_part(self) -> NDArray[np.float32]:
        """End the current part; what follows is the next one. Returns the samples that are complete."""
        if len(self._ending):  # a part shorter than two overlaps
            count = min(len(self._ending), len(self._held))
            faded = cross_fade(self._ending[len(self._ending) - count :], self._held[:count])
            self._held = np.concatenate([self._ending[: len(self._ending) - count], faded, self._held[count:]])
            self._ending = self._ending[:0]
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
