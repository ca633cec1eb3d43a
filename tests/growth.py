"""Work that grows with the square of its input, told from work that grows with the input, on a machine of any speed and load."""

import gc
import time
from collections.abc import Callable
from typing import Final

FACTOR: Final = 16
MARGIN: Final = 4
"""Between linear and quadratic growth lies FACTOR: each side has as much room for other work on the same cores, caches and clock rates."""
ATTEMPTS: Final = 3
HARMLESS_SECONDS: Final = 0.002
"""Least CPU time that a run counts as: below it the clock tells nothing, and FACTOR times as much is no attack."""


def assert_linear(prepare: Callable[[int], Callable[[], object]], *, size: int) -> None:
    """Fails where FACTOR times the input takes more than MARGIN * FACTOR times the CPU time, in each of several attempts.

    prepare: makes the work on an input of some size, which alone is measured; size: of the larger input.
    """
    growths = []
    for _ in range(ATTEMPTS):
        small = min(_cpu_seconds(prepare(size // FACTOR)) for _ in range(3))
        growths.append(_cpu_seconds(prepare(size)) / max(small, HARMLESS_SECONDS))
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
