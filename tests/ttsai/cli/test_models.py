"""`ttsai models` and `python -m workers.weights`, as programs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ttsai.cli import main
from workers.weights.sets import SETS

NOWHERE = {"PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nonexistent", "HTTPS_PROXY": "http://127.0.0.1:9"}
"""Environment without any reachable registry or hub."""


def ttsai(*arguments: str, models: Path) -> Any:
    """Run the command line in this process."""
    return CliRunner().invoke(main, arguments, env={"TTSAI_MODELS": str(models), **NOWHERE})


def test_list_says_what_is_here(tmp_path: Path) -> None:
    result = ttsai("models", "list", "--json", models=tmp_path)
    assert result.exit_code == 0
    rows = {row["name"]: row for row in json.loads(result.stdout)["models"]}
    assert rows["kokoro"] == {
        "name": "kokoro",
        "description": "Kokoro-82M, text to speech with 54 voices",
        "licence": "Apache-2.0",
        "size_bytes": SETS["kokoro"].size_bytes,
        "is_complete": False,
        "folder": str(tmp_path / "kokoro"),
    }
    assert list(rows) == list(SETS)


def test_list_is_a_line_for_each_model(tmp_path: Path) -> None:
    lines = ttsai("models", "list", models=tmp_path).stdout.splitlines()
    assert lines[0] == "kokoro              121 MB  not here  Kokoro-82M, text to speech with 54 voices (Apache-2.0)"
    assert len(lines) == len(SETS)


def test_an_unknown_model_is_one_clear_line(tmp_path: Path) -> None:
    for command in ("pull", "verify"):
        result = ttsai("models", command, "huge", models=tmp_path)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == f"There is no weight set huge. Available: {', '.join(SETS)}\n"


def test_an_error_is_json_where_json_was_asked_for(tmp_path: Path) -> None:
    result = ttsai("models", "pull", "huge", "--json", models=tmp_path)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "unknown_set"


def test_verify_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "whisper-base").mkdir()
    result = ttsai("models", "verify", models=tmp_path)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "whisper-base",
        "  config.json is missing",
        "  tokenizer.json is missing",
        "  vocabulary.txt is missing",
        "  model.bin is missing",
    ]


def test_pulling_unreachable_weights_is_one_clear_error_without_django(tmp_path: Path) -> None:
    environment = {**os.environ, **NOWHERE, "TTSAI_MODELS": str(tmp_path), "DJANGO_SETTINGS_MODULE": "not.there"}
    command = [sys.executable, "-X", "importtime", "-m", "workers.weights", "pull", "--json"]
    done = subprocess.run(command, env=environment, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "no_source"
    assert error["message"].startswith("No source has kokoro/vocab.json: ")
    assert "django" not in done.stderr


@pytest.mark.parametrize("name", ["models", "up"])
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {name}")


def test_a_command_that_does_not_exist_is_said() -> None:
    result = CliRunner().invoke(main, ["dance"])
    assert result.exit_code == 2
    assert "No such command 'dance'" in result.stderr
