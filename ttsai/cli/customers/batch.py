"""`ttsai batch`: speaks many texts of a file to a folder, and continues where it was interrupted."""

import sys
from pathlib import Path
from typing import Any

import click

from ttsai.cli.batch_items import FORMATS as INPUT_FORMATS
from ttsai.cli.batch_items import read_items
from ttsai.cli.batch_journal import open_journal
from ttsai.cli.exit_codes import SOME_FAILED, InputError
from ttsai.cli.output_file import FORMATS
from ttsai.cli.recordings import STANDARD_INPUT
from ttsai.cli.session import Session, run_session, with_session


@click.command(name="batch")
@click.argument("texts", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "-o", "--output", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the audio files."
)
@click.option("--input-format", type=click.Choice(INPUT_FORMATS), help="Default: the file's extension, otherwise txt.")
@click.option("--voice", default="", help="Voice of texts without their own.")
@click.option("--model", default="", help="Model of texts without their own.")
@click.option("--language", default="", help="Language of texts without their own.")
@click.option("--speed", type=click.FloatRange(0.5, 2.0), help="Speed of texts without their own.")
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="mp3", show_default=True, help="Audio format.")
@with_session
def command(
    *, texts: str, folder: Path, input_format: str | None, format_name: str, url: str, key: str, as_json: bool, quiet: bool, **options: Any
) -> None:
    """Speak every text of TEXTS: a line each (.txt), a row each with the column `text` (.csv), or a JSON object each (.jsonl).

    Rows may have voice, model, language, speed, instructions, format, bitrate, sample_rate, and `file` for the name of the audio. Run the
    same command again to continue an interrupted batch and to repeat failed texts: what is written already is neither spoken nor charged
    again.
    """
    from ttsai.cli.batch_work import BatchWork

    ending = Path(texts).suffix.lstrip(".").lower()
    form = input_format or (ending if ending in INPUT_FORMATS else "txt")
    defaults = {"format": format_name, **{name: value for name, value in options.items() if value}}
    items = read_items(_read(texts), form=form, defaults=defaults)
    folder.mkdir(parents=True, exist_ok=True)

    async def work(session: Session) -> int:
        with open_journal(folder) as journal:
            return await BatchWork(session, journal, folder=folder, items=items).run()

    if run_session(work, url=url, key=key, as_json=as_json, quiet=quiet):
        raise SystemExit(SOME_FAILED)


def _read(named: str) -> str:
    try:
        data = sys.stdin.buffer.read() if named == STANDARD_INPUT else Path(named).read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{named} is not UTF-8: byte {error.object[error.start]:#04x} at offset {error.start}.") from error
