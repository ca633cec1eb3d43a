"""Cores beside its own that a piece of work may use, as its scheduler allows from moment to moment. Pure threads, no model."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

DEVICE_VARIABLE: Final = "TTSAI_DEVICE"
"""Environment variable of a worker: `cpu`, `cuda` or `cuda:1`."""

SpareCores = Callable[[], int]

_allowed = threading.local()


@contextmanager
def allowing(spare_cores: SpareCores) -> Iterator[None]:
    """Let work of this thread ask `spare_cores` within the block."""
    _allowed.spare_cores = spare_cores
    try:
        yield
    finally:
        del _allowed.spare_cores


def count_spare_cores() -> int:
    """Cores that are free for this thread's work now, beside the one that it computes on; 0 outside of a scheduler."""
    spare_cores: SpareCores | None = getattr(_allowed, "spare_cores", None)
    return spare_cores() if spare_cores is not None else 0


def run_parts(prepare: Callable[[int], Callable[[int], None]], *, parts: int) -> None:
    """Compute the parts of a task in as many threads at once, one of them this one, and wait.

    prepare(parts) gives the function that computes the part of a number; parts may wait for one another, since all of them run at once. If
    the system has no more threads there are fewer parts than asked for. An error of a part is raised here.
    """
    gate, errors, task = threading.Event(), list[BaseException](), list[Callable[[int], None]]()
    helpers: list[threading.Thread] = []

    def compute(part: int) -> None:
        gate.wait()
        try:
            for function in task:
                function(part)
        except BaseException as error:  # noqa: BLE001 - carried to the thread that waits for the parts
            errors.append(error)

    for part in range(1, parts):
        helper = threading.Thread(target=compute, args=(part,), name=f"part-{part}", daemon=True)
        try:
            helper.start()
        except RuntimeError:
            break
        helpers.append(helper)
    try:
        task.append(prepare(len(helpers) + 1))
    finally:
        gate.set()
    compute(0)
    for helper in helpers:
        helper.join()
    if errors:
        raise errors[0]
