"""Progress bars of rich, which is imported only where a terminal shows them."""

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from ttsai.cli.terminal import Bar


class _RichBar(Bar):
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def update(self, share: float, *, description: str = "") -> None:
        self._progress.update(self._task, completed=share, description=description or None)

    def note(self, line: str) -> None:
        self._progress.console.print(line, markup=False, highlight=False)


@contextlib.contextmanager
def terminal_bar(description: str) -> Iterator[Bar]:
    """A bar that disappears at its end."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _RichBar(progress, progress.add_task(description, total=1.0))
