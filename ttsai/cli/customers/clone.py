"""`ttsai clone`: keeps the voice of a recording, or speaks a text with it."""

import sys
from pathlib import Path
from typing import Any, Final

import click

from ttsai.cli.downloads import download
from ttsai.cli.exit_codes import USAGE, CommandError
from ttsai.cli.output_file import FORMATS, STANDARD_OUTPUT, AudioFile, choose_format, find_obstacle
from ttsai.cli.recording_work import described
from ttsai.cli.recordings import recording_argument, sending_all
from ttsai.cli.session import Session, run_session, with_session

CONSENT: Final = (
    "I am the speaker of this recording, or the speaker has agreed, in words that I can show, that a voice is made of it and used here to speak "
    "texts. The agreement can be withdrawn at any time; the voice then no longer speaks. I will not use the voice to deceive anyone."
)
"""Statement that a terminal asks for: the one of the dashboard."""


@click.command(name="clone")
@recording_argument(is_repeated=True)
@click.option("--name", default="", help="Keep the voice under this name.")
@click.option("--text", default="", help="Text to speak with the voice.")
@click.option("-o", "--output", type=AudioFile(), help="File for the spoken text; by default clone.mp3.")
@click.option("--format", "format_name", type=click.Choice(FORMATS), help="Audio format; default: the output file's extension.")
@click.option("--consent", default="", help="The speaker's consent in words, recorded with the voice; asked for on a terminal if left out.")
@click.option("--consent-by", default="", help="Name of the speaker.")
@click.option("--reference-text", default="", help="Words of the recording; transcribed if left out.")
@click.option("--language", default="", help="Language of the text; detected if left out.")
@click.option("--model", default="", help="A model that clones (see `ttsai models`).")
@click.option("--speed", type=click.FloatRange(0.5, 2.0), default=1.0, show_default=True, help="Pace of the speech.")
@with_session
def command(
    *, recordings: tuple[str, ...], name: str, text: str, output: Path | None, format_name: str | None, url: str, key: str, as_json: bool,
    quiet: bool, **options: Any,
) -> None:  # fmt: skip
    """Clone the voice of RECORDING: 10 to 30 seconds of one person who agrees. Name it to keep it, give a text to hear it, or both."""
    if not name and not text:
        raise click.UsageError("Say what to do with the voice: --name keeps it, --text speaks with it.")
    options["consent"] = options["consent"].strip() or _ask_for_consent()
    chosen = choose_format(output, given=format_name)
    target = output or Path(f"clone.{chosen}")
    is_heard = bool(text or output)
    if is_heard and (obstacle := find_obstacle(str(target))):
        raise click.ClickException(obstacle)
    fields = {"name": name, "text": text, "format": chosen, **{field: value for field, value in options.items() if value}}

    async def work(session: Session) -> None:
        path = "/v1/voice-clone/" if name else "/v1/tts/clone/"
        async with sending_all(session, recordings, fields) as request:
            queued = await session.submit(lambda key: session.api.post_form(path, **request, idempotency_key=key))
        result = await session.finish(queued)
        shown = dict(result)
        lines = [f"Voice {queued['voice_id']} ({name})"] if name else []
        if is_heard:
            shown |= {"file": str(target), "bytes": await download(session, result["result_url"], target)}
            lines.append(described(target, result))
        session.terminal.show(shown, "\n".join(filter(None, lines)))

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet, is_output_taken=str(output) == STANDARD_OUTPUT)


def _ask_for_consent() -> str:
    """Statement that the person at the terminal confirms. Raises CommandError without a terminal, or if they do not."""
    if not sys.stdin.isatty():
        raise CommandError(
            "Cloning needs the speaker's consent: --consent takes its words, --consent-by the speaker's name.", exit_code=USAGE
        )
    click.echo(CONSENT, err=True)
    if not click.confirm("Do you state this?", err=True):
        raise CommandError("Nothing was sent: without the speaker's consent there is no voice.", exit_code=USAGE)
    return CONSENT
