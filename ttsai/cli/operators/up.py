"""`ttsai up`: runs everything on this machine."""

from pathlib import Path

import click

from ttsai.supervisor.home import Home
from ttsai.supervisor.output import Log
from ttsai.supervisor.up import run_instance


@click.command(name="up")
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True, help="Port to listen on; also PORT.")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Address to listen on; also HOST.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Data folder; also TTSAI_HOME.")
def command(*, port: int, host: str, home: Path | None) -> None:
    """Run everything on this machine: database, broker, web, workers. Ctrl-C stops it."""
    run_instance(Home(home.resolve()) if home else Home.from_environment(), host=host, port=port, log=Log())
