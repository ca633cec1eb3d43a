"""Command line: every module in this folder with a `command` is a command of the same name."""

import errno
import importlib
import pkgutil

import click

from ttsai.supervisor.errors import InstanceError


class _Commands(click.Group):
    """Imports a command when it is called: most need Django, and `ttsai models` should not wait for it."""

    def list_commands(self, context: click.Context) -> list[str]:
        names = sorted(module.name for module in pkgutil.iter_modules(__path__))
        return [name for name in names if self.get_command(context, name)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in {module.name for module in pkgutil.iter_modules(__path__)}:
            return None
        command = getattr(importlib.import_module(f"{__name__}.{name}"), "command", None)
        return command if isinstance(command, click.Command) else None

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except InstanceError as error:
            raise click.ClickException(error.message) from error
        except OSError as error:
            if error.errno == errno.EPIPE or error.strerror is None:  # click ends quietly when nobody reads its output
                raise
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror}") from error


@click.command(cls=_Commands)
def main() -> None:
    """Speech Platform: run it, use it and administer it."""
