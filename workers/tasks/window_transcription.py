"""Transcribes windows of a recording: in compute threads, in batches, with results in order."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.contract.transcription import SpeakerEmbedding, TranscriptSegment
from workers.fairness import Order
from workers.parts import PartRun
from workers.protocols.recogniser import Recogniser, RecognitionOptions, RecognitionResult, as_recogniser
from workers.recognition.diarize import embed_speech
from workers.recognition.pitch import PitchTally, tally_pitch
from workers.recognition.segment_postprocessing import (
    GAP_LOG_PROBABILITY,
    OTHER_LANGUAGE_LOG_PROBABILITY,
    fill_gaps,
    find_gaps,
    keep_confident,
    omits_repetitions,
    postprocess_segments,
)
from workers.recognition.sound import Sound, to_float
from workers.recognition.speech_regions import Region
from workers.recognition.windows import Window, pack_windows, split_window
from workers.tasks.context import WorkerContext
from workers.tasks.scheduling import compute_in_order

T = TypeVar("T")

UNITS_PER_SECOND: Final = 2
"""Scheduling units: a second of speech takes about as long to transcribe as two characters to synthesise, and a window WINDOW_UNITS more.
"""
WINDOW_UNITS: Final = 30
MOST_SPLITS: Final = 2
"""Most splits of a window with repetitive text, in halves and quarters: six more passes at most."""
MOST_GAPS: Final = 12
"""Gaps transcribed alone; in a window with more, neighbours are transcribed together."""


@dataclass(frozen=True, slots=True)
class WindowTranscript:
    """Result of a window in the time of the recording."""

    window: Window
    language: str
    segments: tuple[TranscriptSegment, ...]
    embeddings: tuple[SpeakerEmbedding, ...]
    pitch: PitchTally
    compute_seconds: float


@dataclass(frozen=True, slots=True)
class _Batch:
    """Result of one call of the recogniser."""

    results: list[RecognitionResult]
    embeddings: list[tuple[SpeakerEmbedding, ...]]
    pitches: list[PitchTally]
    compute_seconds: float


class WindowTranscriber:
    """Transcribes the windows of one part."""

    def __init__(
        self,
        run: PartRun,
        *,
        context: WorkerContext,
        recogniser: Recogniser,
        sound: Sound,
        order: Order,
        is_diarized: bool = False,
        is_any_language: bool = False,
    ) -> None:
        """order: scheduling position of this part, of which each batch takes the next index; is_any_language: no language was given."""
        self._run = run
        self._context = context
        self._recogniser = recogniser
        self._sound = sound
        self._order = order
        self._is_diarized = is_diarized
        self._is_any_language = is_any_language
        self._submitted = 0

    def transcribe(self, windows: Sequence[Window], *, options: RecognitionOptions, batch_windows: int) -> Iterator[WindowTranscript]:
        """Yield the result of each window in order. Raises WorkError, PartStoppedError."""
        for batch, computed in compute_in_order(
            self._run,
            scheduler=self._context.scheduler,
            items=_batches(windows, most=batch_windows),
            submit=partial(self._submit, options=options),
        ):
            yield from self._postprocess(batch, computed, options=options)

    def _postprocess(self, windows: Sequence[Window], batch: _Batch, *, options: RecognitionOptions) -> Iterator[WindowTranscript]:
        seconds = batch.compute_seconds / len(windows)
        for window, result, embeddings, pitch in zip(windows, batch.results, batch.embeddings, batch.pitches, strict=True):
            plain = replace(options, language=result.language, prompt="", hotwords="")
            segments = postprocess_segments(result.segments, window=window)
            if result.is_repetitive and omits_repetitions(segments, window=window):
                segments, more = self._transcribe_halves(window, options=replace(plain, is_retry=True), splits=MOST_SPLITS)
                seconds += more
            if gaps := find_gaps(segments, window=window):
                found, more = self._transcribe_gaps(gaps, options=replace(plain, is_retry=True))
                segments, seconds = fill_gaps(segments, found=found), seconds + more
            yield WindowTranscript(window, result.language, tuple(segments), embeddings, pitch, seconds)

    def _transcribe_halves(self, window: Window, *, options: RecognitionOptions, splits: int) -> tuple[list[TranscriptSegment], float]:
        """Transcribe a window in halves, which reduces loops; also returns the seconds it took."""
        segments: list[TranscriptSegment] = []
        seconds = 0.0
        for half in split_window(window, window_seconds=self._recogniser.window_seconds, seconds=self._sound.seconds):
            batch = self._run.wait_for(self._submit([half], options=options))
            seconds += batch.compute_seconds
            found = postprocess_segments(batch.results[0].segments, window=half)
            if splits > 1 and batch.results[0].is_repetitive and omits_repetitions(found, window=half):
                found, more = self._transcribe_halves(half, options=options, splits=splits - 1)
                seconds += more
            segments += found
        return segments, seconds

    def _transcribe_gaps(self, gaps: Sequence[Region], *, options: RecognitionOptions) -> tuple[list[TranscriptSegment], float]:
        """Transcribe each gap without words alone; also returns the seconds it took."""
        found: list[TranscriptSegment] = []
        seconds = 0.0
        for group in _batches(gaps, most=-(-len(gaps) // MOST_GAPS)):
            (window,) = pack_windows(group, window_seconds=self._recogniser.window_seconds, seconds=self._sound.seconds)
            tries = {options.language: GAP_LOG_PROBABILITY}
            if self._is_any_language:
                tries[""] = OTHER_LANGUAGE_LOG_PROBABILITY  # the gap may be in another language
            for language, least in tries.items():
                batch = self._run.wait_for(self._submit([window], options=replace(options, language=language)))
                seconds += batch.compute_seconds
                if sure := keep_confident(postprocess_segments(batch.results[0].segments, window=window), least=least):
                    found += sure
                    break
        return found, seconds

    def _submit(self, windows: Sequence[Window], *, options: RecognitionOptions) -> "Future[_Batch]":
        read = partial(_read, windows, sound=self._sound)
        early = None if self._sound.is_shared else read()
        units = sum(WINDOW_UNITS + int(UNITS_PER_SECOND * window.seconds) for window in windows)
        order = replace(
            self._order, index=self._submitted, units=units, is_first_sentence=self._order.is_first_sentence and not self._submitted
        )
        self._submitted += 1

        def compute() -> _Batch:
            # Used here too: a part that times out releases the model while its window is still being transcribed.
            samples = [to_float(one) for one in (read() if early is None else early)]
            with self._context.models.use(self._recogniser.spec.id) as model:
                started = time.perf_counter()
                results = as_recogniser(model).transcribe(samples, options=options)
                pitches = [tally_pitch(one) for one in samples]
                embeddings = [_embed_speech(one, window) if self._is_diarized else () for one, window in zip(samples, windows, strict=True)]
                return _Batch(results, embeddings, pitches, time.perf_counter() - started)

        return self._context.scheduler.submit(order, work=compute)


def _read(windows: Sequence[Window], *, sound: Sound) -> list[NDArray[np.int16]]:
    return [window.read(sound.read) for window in windows]


def _batches(items: Sequence[T], *, most: int) -> list[Sequence[T]]:
    """Split the items into as few groups of at most `most` as possible, nearly equal in size."""
    count = -(-len(items) // most)
    return [items[len(items) * group // count : len(items) * (group + 1) // count] for group in range(count)]


def _embed_speech(samples: Samples, window: Window) -> tuple[SpeakerEmbedding, ...]:
    """Speaker embeddings of the window's own regions, stretch by stretch, in the time of the recording."""
    embeddings: list[SpeakerEmbedding] = []
    for stretch in window.stretches:
        first = round(window.window_time(stretch.start) * RECOGNITION_SAMPLE_RATE)
        part = samples[first : first + round(stretch.seconds * RECOGNITION_SAMPLE_RATE)]
        own = [
            (max(region.start, stretch.start) - stretch.start, min(region.end, stretch.end) - stretch.start)
            for region in window.regions
            if region.start < stretch.end and region.end > stretch.start
        ]
        embeddings += embed_speech(part, speech=own, offset_seconds=stretch.start)
    return tuple(embeddings)
