"""Fresh environment as created by `make run`: every offered language is spoken there, and a recording is transcribed."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.prove  # `make test` compares the imports of each program with its requirements (test_requirements.py)
ROOT = Path(__file__).resolve().parents[2]
COPIED = ("requirements", "ttsai", "apps", "workers", "pyproject.toml", "README.md", "manage.py")
FOLDER = 'Téléchargements – l\'été "à nous"'
"""Folder name with spaces, quotes and non-ASCII letters, as home folders have."""
SCRIPT = Path(__file__).with_name("speak_and_hear.py")
IMPORT_PLATFORM = """
import importlib, pkgutil, django
django.setup()
import apps, ttsai
names = [module.name for package in (apps, ttsai) for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
scripts = {"__main__"}
for name in names:
    if name.rpartition(".")[2] not in scripts:
        importlib.import_module(name)
print(len(names))
"""


OPTIONAL = {
    "chatterbox", "cosyvoice2", "demucs", "f5", "glm-tts", "gpt-sovits", "indextts2", "knn-vc", "local-chat", "openvoice", "openvoice-convert",
    "pocket-tts", "qwen3-tts", "spark", "spleeter-tensorflow", "tortoise",
}  # fmt: skip
"""Engines whose libraries `make run` does not install: the group `chat`, and the adapters of docs/models.md."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy of the sources with the installation of `make run` only."""
    folder = tmp_path_factory.mktemp("install") / FOLDER
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    made = subprocess.run([sys.executable, "requirements/install.py", "run"], cwd=folder, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def used(checkout: Path) -> dict[str, Any]:
    """Results of the engines in that environment."""
    return dict(json.loads(run(checkout, str(SCRIPT)).splitlines()[-1]))


def run(checkout: Path, *arguments: str) -> str:
    """Standard output of the environment's Python."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "DJANGO_SETTINGS_MODULE": "ttsai.settings"}
    command = [str(checkout / ".venv" / "bin" / "python"), *arguments]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_of_the_platform_can_be_imported(checkout: Path) -> None:
    assert int(run(checkout, "-c", IMPORT_PLATFORM)) > 200


def test_the_command_line_starts_in_a_folder_with_quotes_and_accents(checkout: Path) -> None:
    done = subprocess.run([checkout / ".venv" / "bin" / "ttsai", "--help"], capture_output=True, text=True, check=True)
    assert "Speech Platform: speak" in done.stdout


def test_every_language_offered_is_spoken(used: dict[str, Any]) -> None:
    assert set(used["languages"]["kokoro"]) == {"en", "es", "fr", "hi", "it", "ja", "pt", "zh"}
    assert {"kokoro", "hibari", "piper"} <= used["languages"].keys()
    for engine, languages in used["languages"].items():
        assert used["seconds"][engine].keys() == set(languages)
        assert all(0.5 < seconds < 20 for seconds in used["seconds"][engine].values()), used["seconds"]
        assert all(0.05 < loudness <= 1.0 for loudness in used["loudness"][engine].values()), used["loudness"]


def test_no_engine_and_no_language_lacks_a_package(used: dict[str, Any]) -> None:
    assert {engine: missing for engine, missing in used["missing_languages"].items() if missing} == {}
    lacking = [
        engine for engine, obstacle in used["missing_engines"].items() if re.search(r"requirements/|package|not installed", obstacle)
    ]
    assert "local-chat" in lacking
    assert set(lacking) <= OPTIONAL


def test_a_recording_is_transcribed(used: dict[str, Any]) -> None:
    assert {"train", "sunrise"} <= set(re.findall(r"\w+", used["heard"]["whisper"].lower()))
