"""Command line: every module of `customers/` and `operators/` has a `command` and is the command of the same name."""

import errno
import importlib
import re
from pathlib import Path
from typing import Final

import click

from ttsai.cli.exit_codes import EXIT_CODES, INTERRUPTED
from ttsai.supervisor.errors import InstanceError

SECTIONS: Final = {"customers": "Commands", "operators": "Commands for operators"}
"""Folders of commands, with their headings."""
_SUMMARY: Final = re.compile(r'"""`ttsai [\w-]+`: (.+?)\.?"""')


class _Commands(click.Group):
    """Imports a command when it is called, and none for the list of commands: some need Django, and all some library."""

    def list_commands(self, context: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(name for section in SECTIONS for name in _names(section))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        section = next((section for section in SECTIONS if name in _names(section)), None)
        if section is None:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{section}.{name}").command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for section, heading in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, _summary(section, name)) for name in _names(section)])

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except click.Abort as error:  # Ctrl-C at a question; the end of the input stays click's own
            if not isinstance(error.__context__, KeyboardInterrupt):
                raise
            click.echo("Interrupted.", err=True)
            raise SystemExit(INTERRUPTED) from error
        except KeyboardInterrupt as error:  # before or after a command's own work, such as while it reads standard input
            click.echo("Interrupted.", err=True)
            raise SystemExit(INTERRUPTED) from error
        except InstanceError as error:
            raise click.ClickException(error.message) from error
        except ModuleNotFoundError as error:
            message = f"This command needs {error.name}, which is not installed here. docs/cli.md says how to install it."
            raise click.ClickException(message) from error
        except OSError as error:
            if error.errno == errno.EPIPE or error.strerror is None:  # click ends quietly when nobody reads its output
                raise
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror}") from error


def _names(section: str) -> list[str]:
    return sorted(path.stem for path in (Path(__file__).parent / section).glob("*.py") if path.stem != "__init__")


def _summary(section: str, name: str) -> str:
    """First line of the module's docstring, read without importing it."""
    with (Path(__file__).parent / section / f"{name}.py").open(encoding="utf-8") as file:
        found = _SUMMARY.match(file.readline())
    return found[1][0].upper() + found[1][1:] if found else ""


@click.command(cls=_Commands, epilog=EXIT_CODES)
def main() -> None:
    """Speech Platform: speak, transcribe and change recordings; run and administer a platform.

    Begin with `ttsai login`. `ttsai COMMAND --help` explains a command.
    """
