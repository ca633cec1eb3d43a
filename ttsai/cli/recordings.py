"""Recordings that a command sends: a file, standard input (`-`), or a URL that the platform fetches."""

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

import click

from ttsai.cli.pipes import in_thread, unbuffered
from ttsai.cli.session import Session

if TYPE_CHECKING:
    from ttsai.api_client.counted_file import CountedFile

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FORM_BYTES: Final = 16_000_000
"""Larger files are sent in advance, and can have any length that the platform allows."""
COPIED_BYTES: Final = 1 << 18
STANDARD_INPUT: Final = "-"


def is_url(named: str) -> bool:
    return named.lower().startswith(("http://", "https://"))


class RecordingArgument(click.ParamType["str"]):
    """Path of a readable file, `-` or a URL; checked before anything is sent."""

    name = "recording"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        named = str(value)
        if named != STANDARD_INPUT and not is_url(named):
            path = Path(named)
            if not path.exists():
                self.fail(f"{named} does not exist.", param, ctx)
            if path.is_dir():
                self.fail(f"{named} is a folder: name a recording in it.", param, ctx)
        return named


def recording_argument(*, is_repeated: bool = False) -> Callable[[Decorated], Decorated]:
    if is_repeated:
        return click.argument("recordings", metavar="RECORDING…", nargs=-1, required=True, type=RecordingArgument())
    return click.argument("recording", type=RecordingArgument())


@contextlib.asynccontextmanager
async def sending(session: Session, named: str, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """Arguments of ApiClient.post_form for a request with this recording: `fields`, and `file` for a small one."""
    async with sending_all(session, [named], fields) as arguments:
        yield arguments


@contextlib.asynccontextmanager
async def sending_all(session: Session, named: Sequence[str], fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """The same for several recordings. A large file is sent in advance, if it is the only one."""
    if len(named) == 1 and is_url(named[0]):
        yield {"fields": {**fields, "file_url": named[0]}}
        return
    if any(is_url(one) for one in named):
        raise click.UsageError("Several recordings are files, not URLs.")
    async with contextlib.AsyncExitStack() as stack:
        bar = stack.enter_context(session.terminal.progress("sending"))
        opened = [(_name_of(one), await stack.enter_async_context(_open(one))) for one in named]
        total = max(1, sum(size for _, (_, size) in opened))
        files = [(name, _counted(file, size, bar=bar, total=total), "application/octet-stream") for name, (file, size) in opened]
        if len(files) == 1 and files[0][1].size > FORM_BYTES and (upload := await _send_in_advance(session, files[0][1], name=files[0][0])):
            yield {"fields": {**fields, "upload_id": upload}}
        else:
            yield {"fields": fields, "file": files}


async def _send_in_advance(session: Session, file: "CountedFile", *, name: str) -> str:
    """Id of the upload; empty if the key has no scope for uploads, so that the file goes with the request itself."""
    from ttsai.api_client import ApiError

    try:
        return await session.api.upload(file, name=name)
    except ApiError as error:
        if error.code != "missing_scope":
            raise
        return ""


def _counted(file: IO[bytes], size: int, *, bar: Any, total: int) -> "CountedFile":
    from ttsai.api_client.counted_file import CountedFile

    return CountedFile(file, size=size, on_read=lambda count: bar.update(min(1.0, count / total), description="sending"))


def _name_of(named: str) -> str:
    return "recording" if named == STANDARD_INPUT else Path(named).name


@contextlib.asynccontextmanager
async def _open(named: str) -> AsyncIterator[tuple[IO[bytes], int]]:
    """Open file and its size. Standard input and pipes are copied to a temporary file, not to memory."""
    if named == STANDARD_INPUT:
        async with _copied(unbuffered(sys.stdin.buffer)) as copy:
            yield copy
    else:
        with await in_thread(lambda: Path(named).open("rb", buffering=0)) as file:  # opening a named pipe waits for its writer
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode):
                yield file, status.st_size
            else:
                async with _copied(file) as copy:
                    yield copy


@contextlib.asynccontextmanager
async def _copied(source: Any) -> AsyncIterator[tuple[IO[bytes], int]]:
    with tempfile.TemporaryFile() as file:
        size = 0
        while data := await in_thread(lambda: source.read(COPIED_BYTES)):
            size += file.write(data)
        file.seek(0)
        yield file, size
