"""`ttsai say`: speaks a text to an audio file."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ttsai.cli.audio_file import FORMATS, STANDARD_OUTPUT, AudioFile, choose_format, find_obstacle, write_audio
from ttsai.cli.client import Server, find_server, refusal, with_server

FIRST_POLLS = (0.05, 0.1, 0.1, 0.2, 0.2, 0.3)
POLL_SECONDS = 0.5


@click.command(name="say")
@click.argument("text")
@click.option("-o", "--output", type=AudioFile(), help="Output file, by default output.mp3; `-` for standard output.")
@click.option("--voice", default="", help="Voice id (see `ttsai voices`); default: the model's default voice.")
@click.option("--model", default="kokoro", show_default=True)
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), help="Audio format; default: the output file's extension, otherwise mp3."
)
@click.option("--speed", type=click.FloatRange(0.5, 2.0), default=1.0, show_default=True)
@click.option("--language", default="", help="Language of the text (en, es, …); default: the voice's language.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_server
def command(*, text: str, output: Path | None, format_name: str | None, url: str, key: str, as_json: bool, **wishes: Any) -> None:
    """Speak TEXT (`-` reads standard input) and write the audio to a file."""
    chosen = choose_format(output, given=format_name)
    target = output or Path(f"output.{chosen}")
    if obstacle := find_obstacle(str(target)):
        raise click.ClickException(obstacle)
    said = _read_text(text)
    server = find_server(url=url, key=key)
    body = {"text": said, "format": chosen, **{name: value for name, value in wishes.items() if value}}
    try:
        queued = server.post("/v1/tts/", body)
        result = _wait(server, queued["uuid"])
        written = _download(server, result["result_url"], target=target)
    finally:
        server.close()
    shown = {**queued, **result, "file": str(target), "bytes": written}
    if as_json:
        click.echo(json.dumps(shown), err=str(target) == STANDARD_OUTPUT)
    elif str(target) != STANDARD_OUTPUT:
        click.echo(f"{target}: {result.get('duration') or 0:.1f} s of audio, {shown['credits_used']} credits")


def _read_text(text: str) -> str:
    """The text, or standard input for `-`. Raises ClickException if it is not UTF-8."""
    try:
        return sys.stdin.buffer.read().decode() if text == "-" else os.fsencode(text).decode()
    except UnicodeDecodeError as error:
        raise click.ClickException(f"The text is not UTF-8: byte {error.object[error.start]:#04x} at offset {error.start}.") from error


def _wait(server: Server, uuid: str) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("queued", total=1.0)
        polls = iter(FIRST_POLLS)
        while True:
            result = server.get("/v1/speech/results/", uuid=uuid)
            if result["status"] == "completed":
                return result
            if result["status"] not in {"queued", "processing"}:
                raise click.ClickException(f"{result.get('error', result['status'])} (job {uuid})")
            bar.update(task, description=result["status"], completed=result.get("progress", 0.0))
            time.sleep(next(polls, POLL_SECONDS))


def _download(server: Server, url: str, *, target: Path) -> int:
    try:
        with server.stream(url) as response:
            if response.status_code != 200:
                response.read()
                raise click.ClickException(refusal(response))
            return write_audio(target, response.iter_bytes())
    except httpx.TransportError as error:
        raise click.ClickException(f"The download of {url} was interrupted: {error}") from error
