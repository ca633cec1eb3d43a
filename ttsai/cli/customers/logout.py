"""`ttsai logout`: removes the kept server and key."""

import click

from ttsai.cli.configuration import configuration_path, remove_configuration


@click.command(name="logout")
def command() -> None:
    """Remove the configuration file. The key stays valid: revoke it on the page Keys if nobody else uses it."""
    is_removed = remove_configuration()
    click.echo(f"Removed {configuration_path()}" if is_removed else "Nobody is logged in.")
