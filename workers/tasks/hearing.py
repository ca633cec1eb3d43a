"""Transcribes windows of a recording: in compute threads, in batches, with results in order."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import HEARING_RATE, Samples
from workers.contract.listening import HeardSegment, VoicePrint
from workers.fairness import Order
from workers.parts import PartRun
from workers.protocols.recogniser import Heard, Hearing, Recogniser, as_recogniser
from workers.recognition.diarize import voice_prints
from workers.recognition.pitch import PitchTally, tally_pitch
from workers.recognition.settling import (
    GAP_LOG_PROBABILITY,
    OTHER_LANGUAGE_LOG_PROBABILITY,
    fill_gaps,
    find_gaps,
    keep_sure,
    lacks_repetitions,
    settle,
)
from workers.recognition.sound import Sound, to_float
from workers.recognition.speech import Region
from workers.recognition.windows import Window, pack_windows, split_window
from workers.tasks.scheduling import compute_in_order
from workers.tasks.workbench import Workbench

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
class HeardWindow:
    """Result of a window in the time of the recording."""

    window: Window
    language: str
    segments: tuple[HeardSegment, ...]
    prints: tuple[VoicePrint, ...]
    pitch: PitchTally
    compute_seconds: float


@dataclass(frozen=True, slots=True)
class _Batch:
    """Result of one call of the recogniser."""

    heard: list[Heard]
    prints: list[tuple[VoicePrint, ...]]
    pitches: list[PitchTally]
    compute_seconds: float


class WindowListener:
    """Transcribes the windows of one part."""

    def __init__(
        self,
        run: PartRun,
        *,
        workbench: Workbench,
        recogniser: Recogniser,
        sound: Sound,
        order: Order,
        is_diarized: bool = False,
        is_any_language: bool = False,
    ) -> None:
        """order: scheduling position of this part, of which each batch takes the next index; is_any_language: no language was given."""
        self._run = run
        self._workbench = workbench
        self._recogniser = recogniser
        self._sound = sound
        self._order = order
        self._is_diarized = is_diarized
        self._is_any_language = is_any_language
        self._submitted = 0

    def hear(self, windows: Sequence[Window], *, hearing: Hearing, batch_windows: int) -> Iterator[HeardWindow]:
        """Yield the result of each window in order. Raises WorkError, PartStoppedError."""
        for batch, computed in compute_in_order(
            self._run,
            scheduler=self._workbench.scheduler,
            items=_batches(windows, most=batch_windows),
            submit=partial(self._submit, hearing=hearing),
        ):
            yield from self._settle(batch, computed, hearing=hearing)

    def _settle(self, windows: Sequence[Window], batch: _Batch, *, hearing: Hearing) -> Iterator[HeardWindow]:
        seconds = batch.compute_seconds / len(windows)
        for window, heard, prints, pitch in zip(windows, batch.heard, batch.prints, batch.pitches, strict=True):
            plain = replace(hearing, language=heard.language, prompt="", hotwords="")
            segments = settle(heard.segments, window=window)
            if heard.is_repetitive and lacks_repetitions(segments, window=window):
                segments, more = self._hear_halves(window, hearing=replace(plain, is_retry=True), splits=MOST_SPLITS)
                seconds += more
            if gaps := find_gaps(segments, window=window):
                found, more = self._hear_gaps(gaps, hearing=replace(plain, is_retry=True))
                segments, seconds = fill_gaps(segments, found=found), seconds + more
            yield HeardWindow(window, heard.language, tuple(segments), prints, pitch, seconds)

    def _hear_halves(self, window: Window, *, hearing: Hearing, splits: int) -> tuple[list[HeardSegment], float]:
        """Transcribe a window in halves, which reduces loops; also returns the seconds it took."""
        segments: list[HeardSegment] = []
        seconds = 0.0
        for half in split_window(window, window_seconds=self._recogniser.window_seconds, seconds=self._sound.seconds):
            batch = self._run.wait_for(self._submit([half], hearing=hearing))
            seconds += batch.compute_seconds
            found = settle(batch.heard[0].segments, window=half)
            if splits > 1 and batch.heard[0].is_repetitive and lacks_repetitions(found, window=half):
                found, more = self._hear_halves(half, hearing=hearing, splits=splits - 1)
                seconds += more
            segments += found
        return segments, seconds

    def _hear_gaps(self, gaps: Sequence[Region], *, hearing: Hearing) -> tuple[list[HeardSegment], float]:
        """Transcribe each gap without words alone; also returns the seconds it took."""
        found: list[HeardSegment] = []
        seconds = 0.0
        for group in _batches(gaps, most=-(-len(gaps) // MOST_GAPS)):
            (window,) = pack_windows(group, window_seconds=self._recogniser.window_seconds, seconds=self._sound.seconds)
            tries = {hearing.language: GAP_LOG_PROBABILITY}
            if self._is_any_language:
                tries[""] = OTHER_LANGUAGE_LOG_PROBABILITY  # perhaps somebody speaks another language there
            for language, least in tries.items():
                batch = self._run.wait_for(self._submit([window], hearing=replace(hearing, language=language)))
                seconds += batch.compute_seconds
                if sure := keep_sure(settle(batch.heard[0].segments, window=window), least=least):
                    found += sure
                    break
        return found, seconds

    def _submit(self, windows: Sequence[Window], *, hearing: Hearing) -> "Future[_Batch]":
        read = partial(_read, windows, sound=self._sound)
        early = None if self._sound.is_shared else read()
        units = sum(WINDOW_UNITS + int(UNITS_PER_SECOND * window.seconds) for window in windows)
        order = replace(self._order, index=self._submitted, units=units, is_first_heard=self._order.is_first_heard and not self._submitted)
        self._submitted += 1

        def compute() -> _Batch:
            # Held here too: a part that times out leaves while its window is still being heard.
            samples = [to_float(one) for one in (read() if early is None else early)]
            with self._workbench.models.use(self._recogniser.spec.id) as model:
                started = time.perf_counter()
                heard = as_recogniser(model).hear(samples, hearing=hearing)
                pitches = [tally_pitch(one) for one in samples]
                prints = [_prints(one, window) if self._is_diarized else () for one, window in zip(samples, windows, strict=True)]
                return _Batch(heard, prints, pitches, time.perf_counter() - started)

        return self._workbench.scheduler.submit(order, work=compute)


def _read(windows: Sequence[Window], *, sound: Sound) -> list[NDArray[np.int16]]:
    return [window.read(sound.read) for window in windows]


def _batches(items: Sequence[T], *, most: int) -> list[Sequence[T]]:
    """Split the items into as few groups of at most `most` as possible, nearly equal in size."""
    count = -(-len(items) // most)
    return [items[len(items) * group // count : len(items) * (group + 1) // count] for group in range(count)]


def _prints(samples: Samples, window: Window) -> tuple[VoicePrint, ...]:
    """Speaker embeddings of the window's own regions, stretch by stretch, in the time of the recording."""
    prints: list[VoicePrint] = []
    for stretch in window.stretches:
        first = round(window.window_time(stretch.start) * HEARING_RATE)
        part = samples[first : first + round(stretch.seconds * HEARING_RATE)]
        own = [
            (max(region.start, stretch.start) - stretch.start, min(region.end, stretch.end) - stretch.start)
            for region in window.regions
            if region.start < stretch.end and region.end > stretch.start
        ]
        prints += voice_prints(part, speech=own, offset_seconds=stretch.start)
    return tuple(prints)
