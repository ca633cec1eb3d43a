"""`ttsai convert`: speaks a recording in another voice, or converts it to another audio format."""

from pathlib import Path
from typing import Any

import click

from ttsai.cli.output_file import FORMATS, STANDARD_OUTPUT
from ttsai.cli.recording_work import change_recording, check_standard_output, output_option, takes_standard_output
from ttsai.cli.recordings import recording_argument
from ttsai.cli.session import Session, run_session, with_session

VOICE_FORMATS = ("wav", "mp3", "flac")
EMOTIONS = ("neutral", "happy", "sad", "angry", "excited")


@click.command(name="convert")
@recording_argument()
@output_option
@click.option("--voice", default="", help="Voice to speak with, of `ttsai voices`; without it only the format is changed.")
@click.option("--emotion", type=click.Choice(EMOTIONS), help="With --voice.")
@click.option("--speed", type=click.FloatRange(0.5, 2.0), help="With --voice.")
@click.option("--format", "format_name", type=click.Choice(FORMATS), help="Default: the output file's extension.")
@click.option("--bitrate", type=click.Choice(("64", "128", "192", "256", "320")), help="kbit/s, without --voice.")
@click.option("--sample-rate", type=int, help="Hz, without --voice.")
@click.option("--channels", type=click.Choice(("mono", "stereo")), help="Without --voice.")
@with_session
def command(
    *, recording: str, output: Path | None, voice: str, emotion: str | None, speed: float | None, format_name: str | None,
    bitrate: str | None, sample_rate: int | None, channels: str | None, url: str, key: str, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Convert RECORDING (a file, a URL, or `-`) to another voice with --voice, or to another audio format."""
    check_standard_output(recording, output)
    ending = "" if output is None or str(output) == STANDARD_OUTPUT else output.suffix.lstrip(".").lower()
    chosen = format_name or ending
    of_voice = {"emotion": emotion, "speed": speed}
    of_format = {"bitrate": bitrate, "sample_rate": sample_rate, "channels": channels}
    _refuse_others(of_format if voice else of_voice, reason="cannot go with --voice" if voice else "needs --voice")
    if voice:
        chosen = chosen or "wav"
        if chosen not in VOICE_FORMATS:
            raise click.UsageError(f"A converted voice is {', '.join(VOICE_FORMATS)}, not {chosen}: convert it afterwards.")
    elif not chosen:
        raise click.UsageError("Say what to convert to: --voice, --format, or an output file with its extension.")
    path = "/v1/speech-to-speech/" if voice else "/v1/audio/convert/"
    fields = {"voice": voice, "format": chosen, **(of_voice if voice else of_format)}

    async def work(session: Session) -> None:
        await change_recording(session, path, recording=recording, fields=fields, output=output, suffix="-converted")

    is_taken = takes_standard_output(recording, output)
    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet, is_output_taken=is_taken)


def _refuse_others(options: dict[str, Any], *, reason: str) -> None:
    for name, value in options.items():
        if value is not None:
            raise click.UsageError(f"--{name.replace('_', '-')} {reason}.")
