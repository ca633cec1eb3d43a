"""`ttsai transcribe`: turns a recording into text or subtitles."""

from pathlib import Path
from typing import Any

import click

from ttsai.cli.downloads import write_response
from ttsai.cli.output_file import STANDARD_OUTPUT, AudioFile, open_output
from ttsai.cli.recording_work import process
from ttsai.cli.recordings import recording_argument
from ttsai.cli.session import Session, run_session, with_session

SUBTITLES = ("srt", "vtt")


@click.command(name="transcribe")
@recording_argument()
@click.option("-o", "--output", type=AudioFile(), help="Output file; by default standard output.")
@click.option(
    "--format", "format_name", type=click.Choice(("txt", *SUBTITLES)), help="Default: the output file's extension, otherwise txt."
)
@click.option("--language", default="", help="Language of the recording (en, es, …); detected if left out.")
@click.option("--model", default="", help="Recogniser (see `ttsai models`).")
@click.option("--timestamps", is_flag=True, help="Times of all words, with --json.")
@click.option("--diarize", is_flag=True, help="Tell the speakers apart.")
@click.option("--speakers", "num_speakers", type=click.IntRange(1, 20), help="Number of speakers, with --diarize.")
@click.option("--prompt", default="", help="Preceding text, or the spelling of names.")
@click.option("--hotwords", default="", help="Words to listen for.")
@with_session
def command(
    *, recording: str, output: Path | None, format_name: str | None, url: str, key: str, as_json: bool, quiet: bool, **options: Any
) -> None:
    """Transcribe RECORDING: a file, a URL, or `-` for standard input. The text is printed; --json prints the segments with their times."""
    target = output or Path(STANDARD_OUTPUT)
    ending = target.suffix.lstrip(".").lower()
    chosen = format_name or (ending if ending in SUBTITLES else "txt")
    fields = {name: value for name, value in options.items() if value}

    async def work(session: Session) -> None:
        result = await process(session, "/v1/stt/", recording=recording, fields=fields)
        heard = result["result"]
        if as_json:
            session.terminal.show({**result, **heard}, "")
        if chosen in SUBTITLES and not (as_json and output is None):
            asked = {"uuid": result["uuid"], "format": chosen}
            async with session.api.answer("GET", "/v1/speech/subtitles/", params=asked) as response:
                await write_response(response, target)
        elif output is not None or not as_json:
            with open_output(target) as file:
                file.write(f"{_text(heard)}\n".encode())
        if output is not None and not as_json:
            session.terminal.tell(f"{target}: {heard['duration']:.1f} s, {result['credits_used']} credits")

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)


def _text(heard: dict[str, Any]) -> str:
    """The text; with speakers, one line for each of their turns."""
    lines: list[tuple[str, list[str]]] = []
    for segment in heard["segments"]:
        speaker = segment.get("speaker", "")
        if not lines or lines[-1][0] != speaker:
            lines.append((speaker, []))
        lines[-1][1].append(segment["text"].strip())
    if not any(speaker for speaker, _ in lines):
        return str(heard["text"]).strip()
    return "\n".join(f"{speaker}: {' '.join(said)}" for speaker, said in lines)
