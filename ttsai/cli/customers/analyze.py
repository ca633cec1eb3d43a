"""`ttsai analyze`: finds key, tempo and meter of music."""

import click

from ttsai.cli.recording_work import process
from ttsai.cli.recordings import recording_argument
from ttsai.cli.session import Session, run_session, with_session

SHOWN = ("key", "scale", "bpm", "time_signature", "camelot", "compatible_keys")


@click.command(name="analyze")
@recording_argument()
@with_session
def command(*, recording: str, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """Analyse RECORDING: a file, a URL, or `-` for standard input. What is uncertain is left out; --json has everything."""

    async def work(session: Session) -> None:
        result = await process(session, "/v1/audio/analyze/", recording=recording, fields={})
        facts = result["result"]
        lines = [f"{name}: {_shown(facts[name])}" for name in SHOWN if facts.get(name) not in (None, "", [])]
        session.terminal.show({**result, **facts}, "\n".join(lines) or "Nothing was found: this is probably not music.")

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)


def _shown(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
