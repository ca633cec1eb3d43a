"""`ttsai speak`: speaks a text to an audio file, to standard output or to the loudspeaker."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from ttsai.cli.downloads import download, write_response
from ttsai.cli.exit_codes import InputError
from ttsai.cli.output_file import FORMATS, STANDARD_OUTPUT, AudioFile, choose_format, find_obstacle
from ttsai.cli.recording_work import described
from ttsai.cli.recordings import STANDARD_INPUT, sending
from ttsai.cli.session import Session, run_session, with_session


@click.command(name="speak")
@click.argument("text", required=False)
@click.option(
    "-f", "--file", "text_file", type=click.Path(exists=True, dir_okay=False), help="Text file instead: .txt, .md, .epub or .srt."
)
@click.option("-o", "--output", type=AudioFile(), help="Output file, by default output.mp3; `-` for standard output.")
@click.option("--play", is_flag=True, help="Play while the audio arrives, with mpv, ffplay, sox, aplay or afplay.")
@click.option("--voice", default="", help="Voice id (see `ttsai voices`); default: the model's default voice.")
@click.option("--model", default="", help="Model id (see `ttsai models`); default: kokoro, or one that speaks the text's language.")
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), help="Audio format; default: the output file's extension, otherwise mp3."
)
@click.option("--speed", type=click.FloatRange(0.5, 2.0), default=1.0, show_default=True, help="Pace of the speech.")
@click.option("--language", default="", help="Language of the text (en, es, …); default: the voice's language.")
@with_session
def command(
    *, text: str | None, text_file: str | None, output: Path | None, play: bool, format_name: str | None, url: str, key: str,
    as_json: bool, quiet: bool, **options: Any,
) -> None:  # fmt: skip
    """Speak TEXT (`-` or a pipe: standard input) and write the audio to a file. Audio to `-` and --play begin while the rest is made."""
    is_streamed = play or str(output) == STANDARD_OUTPUT
    if text_file and (text is not None or is_streamed):
        raise click.UsageError("--file takes no TEXT, and neither --play nor -o -: name an output file.")
    if play and output is not None:
        raise click.UsageError("--play writes no file: leave out one of --play and -o.")
    chosen = choose_format(output, given=format_name)
    target = output or Path(f"output.{chosen}")
    if not is_streamed and (obstacle := find_obstacle(str(target))):
        raise click.ClickException(obstacle)
    said = "" if text_file else _read_text(text)
    body = {"format": chosen, "text": said, **{name: value for name, value in options.items() if value}}

    async def work(session: Session) -> None:
        if play:
            await _play(session, body, is_format_free=format_name is None)
        elif is_streamed:
            await _stream(session, body)
        else:
            await _write(session, body, target=target, text_file=text_file)

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet, is_output_taken=str(output) == STANDARD_OUTPUT)


async def _write(session: Session, body: dict[str, Any], *, target: Path, text_file: str | None) -> None:
    if text_file:
        fields = {name: value for name, value in body.items() if name != "text"}
        async with sending(session, text_file, fields) as request:
            queued = await session.submit(lambda key: session.api.post_form("/v1/tts/", **request, idempotency_key=key))
    else:
        queued = await session.submit(lambda key: session.api.post("/v1/tts/", body, idempotency_key=key))
    result = await session.finish(queued)
    written = await download(session, result["result_url"], target)
    session.terminal.show({**result, "file": str(target), "bytes": written}, described(target, {**result, **_price(queued, result)}))


def _price(queued: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    return {"credits_used": result.get("credits_used", queued.get("credits_used", 0))}


async def _stream(session: Session, body: dict[str, Any]) -> None:
    """Write the audio to standard output while it is made. Leaving closes the connection, which cancels the job."""
    async with session.api.answer("POST", "/v1/tts/", json={**body, "stream": True}) as response:
        job = response.headers.get("x-job-id", "")
        written = await write_response(response, Path(STANDARD_OUTPUT))
    if session.terminal.is_json:
        session.terminal.show({**await session.api.get("/v1/speech/results/", uuid=job), "file": STANDARD_OUTPUT, "bytes": written}, "")


async def _play(session: Session, body: dict[str, Any], *, is_format_free: bool) -> None:
    from ttsai.cli.players import find_player, playing

    player = find_player()
    wanted = {**body, "format": player.format} if is_format_free else body
    async with session.api.answer("POST", "/v1/tts/", json={**wanted, "stream": True}) as response, playing(player) as loudspeaker:
        async for chunk in response.aiter_bytes():
            await loudspeaker.write(chunk)


def _read_text(text: str | None) -> str:
    """The text, or standard input for `-` and in a pipe. Raises InputError if it is not UTF-8."""
    if text is None and sys.stdin.isatty():
        raise click.UsageError("Nothing to speak: give a TEXT, --file, or a text on standard input.")
    try:
        return sys.stdin.buffer.read().decode() if text in {None, STANDARD_INPUT} else os.fsencode(str(text)).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"The text is not UTF-8: byte {error.object[error.start]:#04x} at offset {error.start}.") from error
