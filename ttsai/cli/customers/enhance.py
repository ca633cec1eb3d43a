"""`ttsai enhance`: takes noise out of a recording and makes speech clearer."""

from pathlib import Path

import click

from ttsai.cli.recording_work import change_recording, check_standard_output, output_option, takes_standard_output
from ttsai.cli.recordings import recording_argument
from ttsai.cli.session import Session, run_session, with_session


@click.command(name="enhance")
@recording_argument()
@output_option
@click.option("--strength", type=click.IntRange(1, 3), default=2, show_default=True, help="How much noise is taken away.")
@click.option("--denoise/--no-denoise", default=True, show_default=True, help="Take noise away.")
@click.option("--clarity/--no-clarity", default=True, show_default=True, help="High-pass, equaliser, de-esser and loudness.")
@click.option("--format", "format_name", type=click.Choice(("wav", "mp3", "flac")), help="Default: the recording's own.")
@with_session
def command(
    *, recording: str, output: Path | None, strength: int, denoise: bool, clarity: bool, format_name: str | None, url: str, key: str,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Enhance RECORDING: a file, a URL, or `-` for standard input."""
    check_standard_output(recording, output)
    fields = {"strength": strength, "denoise": denoise, "enhance_clarity": clarity, "format": format_name or _ending(output)}

    async def work(session: Session) -> None:
        await change_recording(session, "/v1/audio/enhance/", recording=recording, fields=fields, output=output, suffix="-enhanced")

    is_taken = takes_standard_output(recording, output)
    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet, is_output_taken=is_taken)


def _ending(output: Path | None) -> str | None:
    ending = output.suffix.lstrip(".").lower() if output else ""
    return ending if ending in {"wav", "mp3", "flac"} else None
