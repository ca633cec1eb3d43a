"""Commands that download translators."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.workers.translation import tiny_model
from tests.workers.weights.hub_server import Hub
from workers.engines.opus_mt import OpusMT
from workers.weights import debian
from workers.weights.commands import command
from workers.weights.translation_folders import translation_folders

REVISION = "b" * 40


@pytest.fixture(autouse=True)
def _own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("TTSAI_TRANSLATION_FOLDERS", raising=False)


def test_a_translator_from_a_hub_translates(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_HUB", hub.url(""))
    tiny_model.opus_mt(tmp_path / "given")
    rows = []
    for path in (tmp_path / "given").iterdir():
        body = path.read_bytes()
        hub.files[f"me/opus-mt-en-es/resolve/{REVISION}/{path.name}"] = body
        large = {"lfs": {"oid": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 134}}
        rows.append({"type": "file", "path": path.name, "size": len(body), "oid": "", **large})
    hub.files[f"api/models/me/opus-mt-en-es/tree/{REVISION}"] = json.dumps(rows).encode()

    result = CliRunner().invoke(command, ["translator", f"me/opus-mt-en-es@{REVISION}", "--json"])

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"folder": str(tmp_path / "models" / "translation" / "me--opus-mt-en-es")}
    engine = OpusMT(translation_folders())
    assert engine.spec.targets_from("en") == ("es",)
    assert engine.translate(["the house is big"], source="en", target="es")[0]


def test_an_unknown_translator_name_is_one_line() -> None:
    result = CliRunner().invoke(command, ["translator", "someone/model@main"])
    assert result.exit_code == 1
    assert "a revision of 40 digits" in result.stderr
    assert result.stdout == ""


def test_apertium_that_is_here_is_not_fetched_again(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "apertium"
    folder.mkdir(parents=True)
    (folder / debian.INSTALLED).write_text("apertium-eng-spa_1_all\n")
    result = CliRunner().invoke(command, ["pull", "apertium", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"models": [{"name": "apertium", "fetched_files": 0, "size_bytes": 23}]}


def test_apertium_on_a_machine_without_apt_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(command, ["pull", "apertium"])
    assert result.exit_code == 1
    assert "apt-get and dpkg-deb are needed" in result.stderr
