"""Live audio as 16-bit PCM: a recorder program of this machine, or a file or pipe."""

import asyncio
import contextlib
import shutil
import string
import struct
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import click

from ttsai.cli.exit_codes import InputError
from ttsai.cli.pipes import in_thread, unbuffered

BLOCK_SECONDS: Final = 0.1
RECORDERS: Final = (
    ("arecord", ("-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "{rate}")),
    ("parec", ("--raw", "--format=s16le", "--channels=1", "--rate={rate}")),
    ("rec", ("-q", "-t", "raw", "-b", "16", "-e", "signed-integer", "-c", "1", "-r", "{rate}", "-")),
)
"""Programs that record the default microphone to standard output."""

HEAD_BYTES: Final = 12
COMPRESSED: Final = (b"ID3", b"fLaC", b"OggS", b"\x1aE\xdf\xa3")
"""Beginnings of MP3, FLAC, Ogg and WebM."""
TEXT_BYTES: Final = frozenset(string.printable.encode())
"""Bytes of ASCII. Samples of speech have others within the first six, since silence is zeros and noise has both signs."""


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """Sample rate in Hz and channels of 16-bit samples."""

    rate: int
    channels: int = 1

    @property
    def block_bytes(self) -> int:
        """Bytes of a tenth of a second."""
        return 2 * self.channels * int(self.rate * BLOCK_SECONDS)


class Recording:
    """Audio that arrives, with its format."""

    def __init__(self, form: PcmFormat, blocks: AsyncIterator[bytes]) -> None:
        self.form = form
        self.blocks = blocks


@contextlib.asynccontextmanager
async def microphone(form: PcmFormat) -> AsyncIterator[Recording]:
    """Record the default microphone. Raises ClickException if no recorder is installed."""
    found = next(((program, arguments) for program, arguments in RECORDERS if shutil.which(program)), None)
    if found is None:
        names = ", ".join(program for program, _ in RECORDERS)
        raise click.ClickException(f"No recorder is installed ({names}). Install one, or pipe 16-bit PCM: recorder | ttsai listen -")
    arguments = [argument.format(rate=form.rate) for argument in found[1]]
    # A group of its own: Ctrl-C ends the recording in order, through us.
    process = await asyncio.create_subprocess_exec(
        found[0], *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True
    )

    async def blocks() -> AsyncIterator[bytes]:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        while block := await process.stdout.read(form.block_bytes):
            yield block
        if await process.wait() and process.stderr is not None:
            raise click.ClickException(f"{found[0]}: {(await process.stderr.read()).decode(errors='replace').strip()[:300]}")

    try:
        yield Recording(form, blocks())
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


@contextlib.asynccontextmanager
async def piped(named: str, form: PcmFormat) -> AsyncIterator[Recording]:
    """PCM of a file or of standard input (`-`). A WAV header, if there is one, tells the format."""
    with await in_thread(lambda: _opened(named)) as file:
        head = await in_thread(lambda: _read(file, HEAD_BYTES))
        if reason := _obstacle(named, head):
            raise InputError(reason)
        found = form
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            found, head = await in_thread(lambda: _read_wav_header(file)), b""

        async def blocks() -> AsyncIterator[bytes]:
            if head:
                yield head
            while block := await in_thread(lambda: bytes(file.read(found.block_bytes))):  # a pipe gives what it has
                yield block

        yield Recording(found, blocks())


def _obstacle(named: str, head: bytes) -> str:
    """Reason why this beginning of a file is neither a WAV file nor samples; empty if it may be. A recogniser hears nothing in it, and says nothing."""
    is_wav = head[:4] == b"RIFF" and head[8:12] == b"WAVE"
    if named != "-" and not head:
        return f"{named} is empty."
    if named.lower().endswith((".wav", ".wave")) and not is_wav:
        return f"{named} is no WAV file. `ttsai transcribe` takes other formats."
    if head.startswith(COMPRESSED) or head[4:8] == b"ftyp":
        return "This is a compressed recording: `ttsai listen` takes WAV and 16-bit PCM, `ttsai transcribe` takes it."
    if len(head) == HEAD_BYTES and not is_wav and all(byte in TEXT_BYTES for byte in head):
        return "This is text, not a recording."
    return ""


def _opened(named: str) -> contextlib.AbstractContextManager[Any]:
    return contextlib.nullcontext(unbuffered(sys.stdin.buffer)) if named == "-" else Path(named).open("rb", buffering=0)


def _read(file: IO[bytes], size: int) -> bytes:
    data = b""
    while len(data) < size and (more := file.read(size - len(data))):
        data += more
    return data


def _read_wav_header(file: IO[bytes]) -> PcmFormat:
    """Format of a WAV file, positioned at its samples. Raises InputError for anything but 16-bit PCM."""
    form: PcmFormat | None = None
    while len(chunk := _read(file, 8)) == 8:
        name, size = struct.unpack("<4sI", chunk)
        if name == b"data" and form is not None:
            return form
        content = _read(file, size + size % 2)
        if name == b"fmt " and len(content) >= 16:
            code, channels, rate, _, _, bits = struct.unpack("<HHIIHH", content[:16])
            if code not in {1, 0xFFFE} or bits != 16:
                raise InputError(f"The WAV file has {bits}-bit samples of type {code}; 16-bit PCM is needed.")
            form = PcmFormat(rate, channels)
    raise InputError("The WAV file has no samples.")
