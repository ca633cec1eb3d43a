"""Journal of a batch in its folder: what was sent and what is written, so that a killed batch continues without paying twice."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import click

from ttsai.cli.batch_items import Item

FILE_NAME: Final = ".ttsai-batch.jsonl"


@dataclass(slots=True)
class SentBatch:
    """Texts that were sent in one request, or were about to be."""

    key: str
    """Idempotency-Key of the request, so that a repetition finds the same batch."""
    url: str
    items: list[Item]
    batch_id: str = ""
    """Empty while the response is not known."""


@dataclass(slots=True)
class Journal:
    """Journal that is read whole and only appended to. Its lock keeps a second process out."""

    _file: IO[str]
    done: set[str] = field(default_factory=set)
    """Digests of items whose audio is written."""
    open_batches: list[SentBatch] = field(default_factory=list)
    """Batches whose outcome is not known here."""

    def begin(self, batch: SentBatch) -> None:
        """Record a batch before it is sent."""
        items = [{"place": item.place, "file": item.file, "body": item.body} for item in batch.items]
        self._append({"event": "begin", "key": batch.key, "url": batch.url, "items": items})

    def accept(self, batch: SentBatch) -> None:
        self._append({"event": "accept", "key": batch.key, "batch_id": batch.batch_id})

    def finish(self, item: Item) -> None:
        """Record that the audio of an item is written."""
        self.done.add(item.digest)
        self._append({"event": "done", "digest": item.digest, "file": item.file})

    def close(self, batch: SentBatch) -> None:
        """Record that nothing more comes of a batch."""
        self._append({"event": "close", "key": batch.key})

    def _append(self, row: dict[str, Any]) -> None:
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@contextlib.contextmanager
def open_journal(folder: Path) -> Iterator[Journal]:
    """Journal of the folder. Raises ClickException if another process works in it."""
    path = folder / FILE_NAME
    with path.open("a+", encoding="utf-8") as file:
        _lock(file, folder)
        file.seek(0)
        journal = Journal(file)
        whole = _replay(journal, file.read().split("\n"))
        file.truncate(whole)  # a line that a killed process did not finish
        yield journal


def _replay(journal: Journal, lines: Sequence[str]) -> int:
    """Take over what the lines say; returns the bytes of the whole ones."""
    batches: dict[str, SentBatch] = {}
    size = 0
    for line in lines[:-1]:
        try:
            row = json.loads(line)
        except ValueError:
            break
        size += len(line.encode()) + 1
        if row["event"] == "begin":
            items = [Item(one["place"], one["file"], one["body"]) for one in row["items"]]
            batches[row["key"]] = SentBatch(row["key"], row["url"], items)
        elif row["event"] == "accept":
            batches[row["key"]].batch_id = row["batch_id"]
        elif row["event"] == "close":
            batches.pop(row["key"], None)
        elif row["event"] == "done":
            journal.done.add(row["digest"])
    journal.open_batches.extend(batches.values())
    return size


def _lock(file: IO[str], folder: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise click.ClickException(f"Another process works on the batch in {folder}.") from error
