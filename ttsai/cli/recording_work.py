"""Commands that send a recording and write what comes of it."""

import sys
from pathlib import Path
from typing import Any

import click

from ttsai.cli.downloads import download
from ttsai.cli.output_file import STANDARD_OUTPUT, AudioFile, find_obstacle
from ttsai.cli.recordings import STANDARD_INPUT, is_url, sending
from ttsai.cli.session import Session

output_option = click.option(
    "-o", "--output", type=AudioFile(), help="Output file, `-` for standard output; by default named after the recording."
)


def takes_standard_output(recording: str, output: Path | None) -> bool:
    """True if the audio goes to standard output: with `-o -`, and in a pipe that names no output."""
    if output is not None:
        return str(output) == STANDARD_OUTPUT
    return recording == STANDARD_INPUT


def check_standard_output(recording: str, output: Path | None) -> None:
    """Refuse to write audio to a terminal. Raises UsageError."""
    if takes_standard_output(recording, output) and sys.stdout.isatty():
        raise click.UsageError("Audio is not written to a terminal: redirect it, or name a file with -o.")


async def process(session: Session, path: str, *, recording: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Result of a request with a recording, at its end."""
    async with sending(session, recording, fields) as request:
        queued = await session.submit(lambda key: session.api.post_form(path, **request, idempotency_key=key))
    return await session.finish(queued)


async def change_recording(
    session: Session, path: str, *, recording: str, fields: dict[str, Any], output: Path | None, suffix: str
) -> dict[str, Any]:
    """Send the recording, write the changed one, and show both."""
    result = await process(session, path, recording=recording, fields=fields)
    target = output_of(recording, output, suffix=suffix, extension=str(result["format"]))
    written = await download(session, result["result_url"], target)
    shown = {**result, "file": str(target), "bytes": written}
    session.terminal.show(shown, described(target, result))
    return shown


def output_of(recording: str, output: Path | None, *, suffix: str, extension: str) -> Path:
    """The named output, or `<recording><suffix>.<extension>` here. Raises ClickException if that cannot be written."""
    if output is not None:
        return output
    if recording == STANDARD_INPUT:
        return Path(STANDARD_OUTPUT)
    stem = "recording" if is_url(recording) else Path(recording).stem
    target = Path(f"{stem}{suffix}.{extension}")
    if obstacle := find_obstacle(str(target)):
        raise click.ClickException(obstacle)
    return target


def described(target: Path, result: dict[str, Any]) -> str:
    """One line about a file; nothing for standard output."""
    if str(target) == STANDARD_OUTPUT:
        return ""
    return f"{target}: {result.get('duration') or 0:.1f} s of audio, {result.get('credits_used', 0)} credits"
