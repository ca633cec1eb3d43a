"""Help texts of the command line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from click.testing import CliRunner

from ttsai.cli import main
from ttsai.cli.batch_items import ITEM_FIELDS
from ttsai.cli.customers.models import WEIGHTS

CLI_DOCUMENT: Final = (Path(__file__).resolve().parents[3] / "docs" / "cli.md").read_text()


def help_of(*arguments: str) -> str:
    return " ".join(CliRunner().invoke(main, [*arguments, "--help"]).output.split())


def commands(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """All commands below the command, with their names."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for one in command.list_commands(context):
            below = command.get_command(context, one)
            assert below is not None
            yield from commands(below, f"{name} {one}".strip())
    else:
        yield name, command


def test_help_of_models_describes_each_command_in_words_of_its_own() -> None:
    assert len(set(WEIGHTS.values())) == len(WEIGHTS)
    assert all(text in help_of("models") for text in WEIGHTS.values())


def test_help_of_batch_names_every_field_of_a_row() -> None:
    assert [field for field in ITEM_FIELDS if field not in help_of("batch").replace(",", " ").split()] == []


def test_help_describes_every_option_of_every_command() -> None:
    options = [(name, option) for name, command in commands(main) for option in command.params if isinstance(option, click.Option)]
    assert len(options) > 100
    assert [(name, option.name) for name, option in options if not option.help] == []


def test_document_names_exactly_the_commands_without_the_option_json() -> None:
    without = {name for name, command in commands(main) if not any("--json" in parameter.opts for parameter in command.params)}
    reported = re.search(r"Only (.+) have no such option", CLI_DOCUMENT)
    assert reported is not None
    assert "Every command takes `--json`, except `up`." in CLI_DOCUMENT
    assert set(re.findall(r"`([a-z]+)`", reported[1])) | {"up"} == without
