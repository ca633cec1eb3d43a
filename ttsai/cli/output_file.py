"""Output files: checked before any work, replaced in one step."""

import contextlib
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

FORMATS = ("mp3", "wav", "flac", "ogg", "opus", "aac", "m4a", "m4b", "pcm")
STANDARD_OUTPUT = "-"


class AudioFile(click.ParamType["Path"]):
    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Convert to a path, or fail with a usage error that says why it cannot be written."""
        if isinstance(value, Path):
            return value
        if obstacle := find_obstacle(str(value)):
            self.fail(obstacle, param, ctx)
        return Path(str(value))


def find_obstacle(name: str) -> str:
    """Reason why the file cannot be written, one sentence; empty if it can, or for `-`."""
    if name == STANDARD_OUTPUT:
        return ""
    if not name or "\0" in name:
        return f"{name!r} names no file."
    try:
        return _find_obstacle(name, Path(name))
    except OSError as error:
        return f"{name} cannot be written: {error.strerror}."


def _find_obstacle(name: str, path: Path) -> str:
    folder = path.resolve().parent
    if name.endswith("/") or path.is_dir():
        return f"{name} is a folder: name a file in it, such as {path / 'hello.mp3'}."
    if not folder.exists():
        return f"The folder {folder} does not exist: make it first, or name another."
    if not folder.is_dir():
        return f"{folder} is not a folder."
    is_replaced = not path.exists() or path.is_file()
    for needed in ([path] if path.exists() else []) + ([folder] if is_replaced else []):
        if not os.access(needed, os.W_OK):
            return f"{name} cannot be written: permission denied for {needed}."
    return ""


def choose_format(path: Path | None, *, given: str | None) -> str:
    """The given format, otherwise that of the file name extension, otherwise mp3. Raises a usage error for an unknown extension."""
    ending = path.suffix.lstrip(".").lower() if path else ""
    if given or not ending or str(path) == STANDARD_OUTPUT:
        return given or FORMATS[0]
    if ending not in FORMATS and not (path and path.exists() and not path.is_file()):
        raise click.BadParameter(f"Unknown audio format .{ending}. Use one of {', '.join(FORMATS)}, or pass --format.")
    return ending if ending in FORMATS else FORMATS[0]


@contextlib.contextmanager
def open_output(path: Path) -> Iterator[IO[bytes]]:
    """File to write to. Raises ClickException if writing fails, and leaves no partial file. Pipes and devices are written to, files replaced."""
    try:
        if str(path) == STANDARD_OUTPUT:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif path.exists() and not stat.S_ISREG(path.stat().st_mode):
            with path.open("wb") as device:
                yield device
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    partial = path.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with partial.open("xb") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
