"""Work on a whole recording in a compute thread, step by step: other work has its turn between two, and a stopped part ends soon."""

import itertools
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.scheduling import long_piece_order, sentence_order

T = TypeVar("T")

LONG_SECONDS: Final = 600.0
"""Work on a longer recording is bulk work."""
UNITS_PER_STEP: Final = 8
"""Scheduling units of a step: 30 s of stereo are decoded and encoded in about the time of synthesising eight characters."""


@dataclass(frozen=True, slots=True)
class _FinalResult(Generic[T]):
    """Result of the last step."""

    result: T


def compute_stepwise(run: PartRun, *, context: WorkerContext, steps: Generator[float, None, T], seconds: float) -> T:
    """Advance the generator in compute threads until it returns; it yields the seconds done so far, which become `run.units_done`.

    seconds: length of the recording; 0 for steps that are shorter than a sentence. What the generator holds open must be opened by itself: if the part stops during a step, the step
    runs on, and closes it. Raises what the generator raises, WorkError, PartStoppedError.
    """

    def step() -> float | _FinalResult[T]:
        try:
            return next(steps)
        except StopIteration as end:
            return _FinalResult(end.value)

    for index in itertools.count():
        order = (long_piece_order if seconds else sentence_order)(run.message, index=index, units=UNITS_PER_STEP)
        if seconds > LONG_SECONDS:
            order = replace(order, lane="bulk")
        done = run.wait_for(context.scheduler.submit(order, work=step))
        if isinstance(done, _FinalResult):
            return done.result
        run.units_done = round(done * 1000)
    raise AssertionError("the loop ends by returning")
