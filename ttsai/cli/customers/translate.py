"""`ttsai translate`: translates what is said in a recording, as text and as speech."""

from pathlib import Path
from typing import Any

import click

from ttsai.cli.downloads import download
from ttsai.cli.output_file import FORMATS, STANDARD_OUTPUT, AudioFile, choose_format
from ttsai.cli.recording_work import process
from ttsai.cli.recordings import recording_argument
from ttsai.cli.session import Session, run_session, with_session


@click.command(name="translate")
@recording_argument()
@click.option("--to", "target_language", required=True, help="Language of the translation: en, es, …")
@click.option("--from", "source_language", default="", help="Language of the recording; detected if left out.")
@click.option("-o", "--output", type=AudioFile(), help="File for the spoken translation; without it only the text is printed.")
@click.option("--format", "format_name", type=click.Choice(FORMATS), help="Audio format; default: the output file's extension.")
@click.option("--voice", default="", help="Voice of the translation; chosen by language and gender if left out.")
@click.option("--preserve-voice", is_flag=True, help="Speak with a likeness of the speaker's voice.")
@with_session
def command(
    *, recording: str, output: Path | None, format_name: str | None, url: str, key: str, as_json: bool, quiet: bool, **options: Any
) -> None:
    """Translate RECORDING (a file, a URL, or `-`) and print the text."""
    fields = {"format": choose_format(output, given=format_name), **{name: value for name, value in options.items() if value}}

    async def work(session: Session) -> None:
        result = await process(session, "/v1/speech-translate/", recording=recording, fields=fields)
        shown = {**result, **result["result"]}
        if output is not None:
            shown |= {"file": str(output), "bytes": await download(session, result["result_url"], output)}
        session.terminal.show(shown, str(result["result"]["translated_text"]))

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet, is_output_taken=str(output) == STANDARD_OUTPUT)
