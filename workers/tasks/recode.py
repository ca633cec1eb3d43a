"""Decodes and encodes whole files in a compute thread."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.scheduling import sentence_order

T = TypeVar("T")

LONG_BYTES: Final = 4 << 20
"""About three minutes of flac and a second of computing: larger files are bulk work, since they cannot be interrupted."""
BYTES_PER_UNIT: Final = 100_000
"""Bytes per scheduling unit: four seconds of flac are decoded and encoded in about the time of synthesising one character."""


def recode(run: PartRun, *, context: WorkerContext, sources: Sequence[Path], work: Callable[[], T]) -> T:
    """Run `work`, which reads the sources, in its turn among all sentences: in the part's lane, or as bulk work if it is large."""
    size = sum(source.stat().st_size for source in sources)
    order = sentence_order(run.message, index=0, units=max(1, size // BYTES_PER_UNIT))
    if size > LONG_BYTES:
        order = replace(order, lane="bulk", is_first_sentence=False)
    return run.wait_for(context.scheduler.submit(order, work=work))
