"""Decoding and encoding whole files in a compute thread."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from workers.parts import PartRun
from workers.tasks.scheduling import sentence_order
from workers.tasks.workbench import Workbench

T = TypeVar("T")

LONG_BYTES: Final = 4 << 20
"""Some three minutes of flac and a second of computing: longer files go where they hold nobody up, since they cannot be interrupted."""
BYTES_PER_UNIT: Final = 100_000
"""Four seconds of flac are decoded and encoded in about the time that one character takes to be spoken."""


def recode(run: PartRun, *, workbench: Workbench, sources: Sequence[Path], work: Callable[[], T]) -> T:
    """Runs `work`, which reads the sources, in its turn among all sentences: in the part's lane, or with bulk work when it is long."""
    size = sum(source.stat().st_size for source in sources)
    order = sentence_order(run.message, index=0, units=max(1, size // BYTES_PER_UNIT))
    if size > LONG_BYTES:
        order = replace(order, lane="bulk", is_first_heard=False)
    return run.wait_for(workbench.scheduler.submit(order, work=work))
