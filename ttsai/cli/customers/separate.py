"""`ttsai separate`: splits music into stems, such as vocals and accompaniment."""

from pathlib import Path

import click

from ttsai.cli.downloads import download
from ttsai.cli.recording_work import process
from ttsai.cli.recordings import STANDARD_INPUT, is_url, recording_argument
from ttsai.cli.session import Session, run_session, with_session


@click.command(name="separate")
@recording_argument()
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder for the stems; named after the recording.")
@click.option("--stems", type=click.Choice(("2", "4", "5", "6")), default="2", show_default=True, help="Number of stems.")
@click.option("--model", default="", help="demucs or spleeter; by default the installed one.")
@click.option("--format", "format_name", type=click.Choice(("wav", "mp3", "flac")), default="wav", show_default=True, help="Audio format.")
@with_session
def command(
    *, recording: str, output: Path | None, stems: str, model: str, format_name: str, url: str, key: str, as_json: bool, quiet: bool
) -> None:
    """Separate RECORDING (a file, a URL, or `-`) and write one file for each stem."""
    is_nameless = recording == STANDARD_INPUT or is_url(recording)
    folder = output or Path("stems" if is_nameless else f"{Path(recording).stem}-stems")
    folder.mkdir(parents=True, exist_ok=True)

    async def work(session: Session) -> None:
        fields = {"stems": stems, "model": model, "format": format_name}
        result = await process(session, "/v1/audio/separate/", recording=recording, fields=fields)
        files = {}
        for stem in result.get("outputs", []):
            files[stem["name"]] = target = folder / f"{stem['name']}.{format_name}"
            await download(session, stem["url"], target)
        shown = {**result, "files": {name: str(path) for name, path in files.items()}}
        session.terminal.show(shown, "\n".join(str(path) for path in files.values()))

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)
