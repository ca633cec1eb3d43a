"""Output of a command: results on standard output, progress and notes on standard error."""

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click


class Bar:
    """Progress of one step. This one shows nothing."""

    def update(self, share: float, *, description: str = "") -> None:
        """Show a share from 0 to 1."""

    def note(self, line: str) -> None:
        click.echo(line, err=True)


@dataclass(frozen=True, slots=True)
class Terminal:
    """Output options of a command."""

    is_json: bool = False
    is_quiet: bool = False
    is_output_taken: bool = False
    """True if standard output carries audio: results go to standard error then."""

    def show(self, shown: Mapping[str, Any], text: str) -> None:
        """Print a result: as JSON if asked for, otherwise as text."""
        if self.is_json:
            click.echo(json.dumps(shown, ensure_ascii=False), err=self.is_output_taken)
        elif text and not (self.is_quiet and self.is_output_taken):
            click.echo(text, err=self.is_output_taken)

    def tell(self, text: str) -> None:
        """Print what was done, which --quiet leaves out."""
        if not self.is_quiet:
            click.echo(text, err=self.is_output_taken)

    def note(self, text: str) -> None:
        """Print a remark on standard error, which --quiet leaves out."""
        if not self.is_quiet:
            click.echo(text, err=True)

    @contextlib.contextmanager
    def progress(self, description: str) -> Iterator[Bar]:
        """A bar on standard error, if it is a terminal."""
        if self.is_quiet or not sys.stderr.isatty():
            yield _Silent(is_quiet=self.is_quiet)
            return
        from ttsai.cli.bars import terminal_bar

        with terminal_bar(description) as bar:
            yield bar


class _Silent(Bar):
    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet

    def note(self, line: str) -> None:
        if not self._is_quiet:
            super().note(line)
