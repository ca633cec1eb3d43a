"""Work on a batch: sends texts fifty at a time, follows them, and writes their audio."""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ttsai.api_client import ApiError
from ttsai.cli.batch_items import Item
from ttsai.cli.batch_journal import Journal, SentBatch
from ttsai.cli.output_file import open_output
from ttsai.cli.session import CANCEL_SECONDS, Session
from ttsai.cli.terminal import Bar

BATCH_ITEMS: Final = 50
BATCH_CHARACTERS: Final = 1_000_000
BATCHES_AT_ONCE: Final = 2
POLL_SECONDS: Final = 1.0
FIRST_POLL_SECONDS: Final = 0.1
OPEN: Final = frozenset({"queued", "processing"})


class BatchWork:
    """One run of the command over a folder."""

    def __init__(self, session: Session, journal: Journal, *, folder: Path, items: Sequence[Item]) -> None:
        self._session = session
        self._journal = journal
        self._folder = folder
        self._items = items
        self._wanted = {item.digest for item in items}
        self._failed = 0
        self._credits = 0.0
        self._bar = Bar()
        self._is_resuming = False

    async def run(self) -> int:
        """Do what is left; returns the number of items that failed."""
        with self._session.terminal.progress("batch") as self._bar:
            self._show_progress()
            self._is_resuming = True
            for batch in self._journal.open_batches:
                if batch.url == self._session.api.url:
                    await self._follow(batch)
            self._is_resuming = False
            await self._send_all([item for item in self._items if not self._is_done(item)])
        done = sum(self._is_done(item) for item in self._items)
        shown = {"total": len(self._items), "done": done, "failed": self._failed, "credits_used": round(self._credits, 3)}
        failed = f", {self._failed} failed" if self._failed else ""
        self._session.terminal.show(shown, f"{done} of {len(self._items)} texts in {self._folder}{failed}, {self._credits:g} credits")
        return self._failed

    async def _send_all(self, items: list[Item]) -> None:
        places = asyncio.Semaphore(BATCHES_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as tasks:
                for some in _cut(items):
                    tasks.create_task(self._send(some, places))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _send(self, items: list[Item], places: asyncio.Semaphore) -> None:
        async with places:
            batch = SentBatch(f"cli-{secrets.token_hex(16)}", self._session.api.url, items)
            self._journal.begin(batch)
            await self._follow(batch)

    async def _follow(self, batch: SentBatch) -> None:
        """Send the batch unless that was done, and write each audio when it is ready. An interruption cancels what is left of it."""
        try:
            if not batch.batch_id:
                body = {"texts": [item.body for item in batch.items]}
                queued = await self._session.submit(
                    lambda key: self._session.api.post("/v1/tts/batch/", body, idempotency_key=key),
                    idempotency_key=batch.key,
                    cancel=lambda queued: self._cancel(str(queued["batch_id"])),
                )
                batch.batch_id = str(queued["batch_id"])
                self._journal.accept(batch)
            await self._collect(batch)
            self._journal.close(batch)
        except ApiError as error:
            if error.status not in {400, 404, 409, 413}:
                raise  # the batch stays open: another run continues it
            self._journal.close(batch)  # the server does not know it any more, or never will
            if error.status != 404:
                raise
        except asyncio.CancelledError:
            if batch.batch_id:
                await self._cancel(batch.batch_id)
            raise

    async def _collect(self, batch: SentBatch) -> None:
        reported: set[int] = set()
        pause = FIRST_POLL_SECONDS
        while True:
            result = await self._session.api.get("/v1/tts/batch/result/", batch_id=batch.batch_id)
            for row in result["items"]:
                if row["status"] not in OPEN and row["index"] not in reported:
                    reported.add(row["index"])
                    await self._receive(batch.items[row["index"]], row)
            if len(reported) == len(batch.items):
                return
            await asyncio.sleep(pause)
            pause = min(POLL_SECONDS, 2 * pause)

    async def _receive(self, item: Item, row: dict[str, Any]) -> None:
        """Write the audio of an item that has ended, or tell why there is none."""
        if self._is_done(item) or item.digest not in self._wanted:
            return  # written by an earlier run, or not asked for any more
        if self._is_resuming and row["status"] != "completed":
            return  # it is sent again
        self._credits += row["credits"]
        outcome = {"file": item.file, "place": item.place, "status": row["status"], "uuid": row["uuid"], "credits_used": row["credits"]}
        if row["status"] == "completed" and row["url"]:
            async with self._session.api.answer("GET", row["url"]) as response:
                with open_output(self._folder / item.file) as file:
                    async for chunk in response.aiter_bytes():
                        file.write(chunk)
            self._journal.finish(item)
            self._report(outcome, f"{item.file}: {row['credits']} credits")
        else:
            self._failed += 1
            message = row["error"] or "the result has expired"
            self._report(
                {**outcome, "error": message, "code": row.get("code", "")}, f"{item.file} ({item.place}) {row['status']}: {message}"
            )
        self._show_progress()

    def _report(self, outcome: dict[str, Any], line: str) -> None:
        if self._session.terminal.is_json:
            self._session.terminal.show(outcome, "")
        else:
            self._bar.note(line)

    async def _cancel(self, batch_id: str) -> None:
        with contextlib.suppress(ApiError, TimeoutError):
            await asyncio.wait_for(self._session.api.post(f"/v1/tts/batch/{batch_id}/cancel/", {}), CANCEL_SECONDS)
            self._session.terminal.note("Cancelled what was left. The same command continues.")

    def _is_done(self, item: Item) -> bool:
        return item.digest in self._journal.done and (self._folder / item.file).is_file()

    def _show_progress(self) -> None:
        done = sum(self._is_done(item) for item in self._items)
        failed = f", {self._failed} failed" if self._failed else ""
        self._bar.update(done / len(self._items), description=f"{done} of {len(self._items)}{failed}")


def _cut(items: Sequence[Item]) -> list[list[Item]]:
    """Items in requests that the platform takes."""
    batches: list[list[Item]] = []
    characters = 0
    for item in items:
        length = len(item.body["text"])
        if not batches or len(batches[-1]) == BATCH_ITEMS or characters + length > BATCH_CHARACTERS:
            batches.append([])
            characters = 0
        batches[-1].append(item)
        characters += length
    return batches
