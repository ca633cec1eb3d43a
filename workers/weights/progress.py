"""Progress of a pull on the terminal: a bar, or plain lines if the output is a file or a pipe."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn


class TerminalProgress:
    """Writes to standard error, so that standard output stays free for results. A context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self._bars = Progress(*columns, console=self._console, disable=not self._console.is_terminal)
        self._bar: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self._finish_bar()
        self._bars.stop()

    def begin(self, label: str, *, size_bytes: int) -> None:
        """Start a bar; the previous one is done."""
        self._finish_bar()
        self._bar = self._bars.add_task(label, total=size_bytes or None)
        if not self._console.is_terminal:
            self.note(f"fetching {label} ({size_bytes / 1e6:.0f} MB)" if size_bytes > 1e6 else f"fetching {label}")

    def set_done(self, done_bytes: int) -> None:
        if self._bar is not None:
            self._bars.update(self._bar, completed=done_bytes)

    def note(self, line: str) -> None:
        """Print one line above the bar."""
        self._console.print(line, soft_wrap=True, markup=False)

    def _finish_bar(self) -> None:
        if self._bar is not None:
            bar = self._bars.tasks[self._bar]
            whole = bar.total or bar.completed or 1
            self._bars.update(self._bar, total=whole, completed=whole)
