"""Runs work that is a generator to its end."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

from workers.audio.rewriting import Steps

T = TypeVar("T")


def run_steps(steps: Steps[T]) -> T:
    """Result of the work."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def opened(paths: Iterable[Path]) -> Iterator[AbstractContextManager[Path]]:
    """Sources for join_files."""
    return (nullcontext(path) for path in paths)
