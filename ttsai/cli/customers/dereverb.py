"""`ttsai dereverb`: takes echo and reverberation out of a recording."""

from pathlib import Path

import click

from ttsai.cli.customers.enhance import _ending
from ttsai.cli.recording_work import change_recording, check_standard_output, output_option, takes_standard_output
from ttsai.cli.recordings import recording_argument
from ttsai.cli.session import Session, run_session, with_session


@click.command(name="dereverb")
@recording_argument()
@output_option
@click.option("--type", "kind", type=click.Choice(("reverb", "echo", "both")), default="both", show_default=True, help="Part to take out.")
@click.option("--intensity", type=click.IntRange(1, 5), default=3, show_default=True, help="How much is taken out.")
@click.option("--format", "format_name", type=click.Choice(("wav", "mp3", "flac")), help="Default: the recording's own.")
@with_session
def command(
    *,
    recording: str,
    output: Path | None,
    kind: str,
    intensity: int,
    format_name: str | None,
    url: str,
    key: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Take reverb and echo out of RECORDING: a file, a URL, or `-` for standard input."""
    check_standard_output(recording, output)
    fields = {"type": kind, "intensity": intensity, "format": format_name or _ending(output)}

    async def work(session: Session) -> None:
        await change_recording(session, "/v1/audio/dereverb/", recording=recording, fields=fields, output=output, suffix="-dry")

    is_taken = takes_standard_output(recording, output)
    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet, is_output_taken=is_taken)
