"""Distinguishes quadratic from linear growth of CPU time, on a machine of any speed and load."""

import gc
import time
from collections.abc import Callable
from typing import Final

FACTOR: Final = 16
MARGIN: Final = 4
"""Margin between linear and quadratic growth (FACTOR), equal on both sides, for other work on the same cores, caches and clock rates."""
ATTEMPTS: Final = 3
HARMLESS_SECONDS: Final = 0.001
"""Least CPU time of the smaller input: FACTOR times as much is harmless, so that a large input within MARGIN * FACTOR of it passes at once."""


def assert_linear(prepare: Callable[[int], Callable[[], object]], *, size: int) -> None:
    """Fail if FACTOR times the input takes more than MARGIN * FACTOR times the CPU time, in each of several attempts.

    prepare: creates the work for an input size; only the work is measured. size: of the larger input.
    """
    growths = []
    for _ in range(ATTEMPTS):
        large = _cpu_seconds(prepare(size))
        if large < MARGIN * FACTOR * HARMLESS_SECONDS:
            return
        small = min(_cpu_seconds(prepare(size // FACTOR)) for _ in range(3))
        growths.append(large / max(small, HARMLESS_SECONDS))
        if growths[-1] < MARGIN * FACTOR:
            return
    raise AssertionError(f"{FACTOR} times the input took {', '.join(f'{growth:.0f}' for growth in growths)} times the CPU time")


def _cpu_seconds(work: Callable[[], object]) -> float:
    gc.disable()  # it looks through all that a long run of tests has left
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.enable()
