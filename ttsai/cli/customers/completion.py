"""`ttsai completion`: prints a script that completes commands in a shell."""

import click
from click.shell_completion import get_completion_class


@click.command(name="completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(context: click.Context, *, shell: str) -> None:
    """Print the completion script of SHELL: for bash, add `eval "$(ttsai completion bash)"` to ~/.bashrc."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - the choices are click's own
    click.echo(kind(context.find_root().command, {}, "ttsai", "_TTSAI_COMPLETE").source())
