"""Journal of the parts that are computing, in a file that outlives the process.

When a worker dies, the parts that were computing may have caused it; those that waited for a thread did not. The next process of the same
name reads the journal and reports them to the platform, which then runs such a suspect alone.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

TOKEN_BYTES: Final = 32
FREE: Final = b" " * TOKEN_BYTES
CHECK_SECONDS: Final = 0.5


class ComputeJournal:
    """Thread-safe. A part computes while its own thread or a compute thread works for it, not while it waits."""

    def __init__(self, path: Path) -> None:
        """Read the journal of the previous process, and start a new one. If the file cannot be written the journal is kept in memory only."""
        self.died_computing = _read(path)
        """Tokens of parts that were computing when the previous process ended; None if unknown."""
        self._changed = threading.Condition()
        self._marks: dict[str, int] = {}
        self._slots: dict[str, int] = {}
        self._alone: str | None = None
        self._file = _open(path)

    @contextmanager
    def computing(self, token: str) -> Iterator[None]:
        """Mark the part as computing within the block. Waits first while another part runs alone."""
        self._mark(token)
        try:
            yield
        finally:
            self._unmark(token)

    @contextmanager
    def waiting(self, token: str) -> Iterator[None]:
        """Mark the part's thread as waiting within this block, inside `computing`."""
        self._unmark(token)
        try:
            yield
        finally:
            self._mark(token)

    @contextmanager
    def alone(self, token: str, *, check: Callable[[], None]) -> Iterator[None]:
        """Run the part alone within the block. Waits for computing parts; `check` raises if it must not wait any longer."""
        with self._changed:
            while self._alone is not None:
                self._changed.wait(CHECK_SECONDS)
                check()
            self._alone = token
        try:
            with self._changed:
                while self._marks:
                    self._changed.wait(CHECK_SECONDS)
                    check()
            yield
        finally:
            with self._changed:
                self._alone = None
                self._changed.notify_all()

    def is_alone(self, token: str) -> bool:
        """True if every other part waits for this one."""
        return self._alone == token

    def clear(self) -> None:
        """Clear the journal at an orderly exit: no computing part is to blame."""
        with self._changed:
            for slot in self._slots.values():
                self._write(slot, FREE)

    def _mark(self, token: str) -> None:
        with self._changed:
            while self._alone not in {None, token}:
                self._changed.wait()
            self._marks[token] = self._marks.get(token, 0) + 1
            if self._marks[token] == 1:
                taken = set(self._slots.values())
                slot = self._slots[token] = next(number for number in range(len(taken) + 1) if number not in taken)
                self._write(slot, token.encode("ascii", "replace")[:TOKEN_BYTES].ljust(TOKEN_BYTES))

    def _unmark(self, token: str) -> None:
        with self._changed:
            self._marks[token] -= 1
            if self._marks[token] == 0:
                del self._marks[token]
                self._write(self._slots.pop(token), FREE)
                self._changed.notify_all()

    def _write(self, slot: int, entry: bytes) -> None:
        """Write without a flush to disk: the kernel's page cache survives the death of a process."""
        if self._file is None:
            return
        try:
            os.pwrite(self._file, entry, slot * TOKEN_BYTES)
        except OSError as error:
            logger.warning("compute_journal_failed errno=%s", error.errno)


def _read(path: Path) -> tuple[str, ...] | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    entries = (data[start : start + TOKEN_BYTES].decode("ascii", "replace") for start in range(0, len(data), TOKEN_BYTES))
    return tuple(sorted({entry for entry in entries if len(entry) == TOKEN_BYTES and entry.isalnum()}))


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        logger.warning("compute_journal_failed errno=%s", error.errno)
        return None
