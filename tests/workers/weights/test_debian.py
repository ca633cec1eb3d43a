"""Debian's packages of Apertium without root, with real apt if available and a reachable registry."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workers.weights.conftest import RecordedProgress
from workers.engines.apertium import Apertium
from workers.weights import debian
from workers.weights.debian import pull_pairs
from workers.weights.sources.base import SourceError


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("apt-get") is None:
        pytest.skip("there is no apt-get on this machine")
    root = tmp_path_factory.mktemp("models")
    try:
        pull_pairs(root, ["apertium-eng-spa"], progress=RecordedProgress())
    except SourceError as error:
        if _has_registry():
            raise
        pytest.skip(f"no registry of Debian packages is within reach: {error}")
    return root


def _has_registry() -> bool:
    """True if apt can fetch packages."""
    return subprocess.run(["apt-get", "--print-uris", "download", "apertium"], capture_output=True, check=False).returncode == 0


@pytest.mark.prove
def test_the_unpacked_pair_translates(models: Path) -> None:
    engine = Apertium([models / "apertium"])
    assert engine.spec.targets_from("en") == ("es",)
    assert engine.translate(["The house is big."], source="en", target="es") == ["La casa es grande."]


@pytest.mark.prove
def test_unpacked_packages_are_recorded_and_leave_no_temporary_files(models: Path) -> None:
    assert debian.is_pulled(models)
    assert any(line.startswith("apertium-eng-spa_") for line in (models / "apertium" / "PACKAGES").read_text().splitlines())
    assert [path.name for path in models.iterdir()] == ["apertium"]


@pytest.mark.prove
def test_a_pair_that_debian_lacks_is_named(models: Path) -> None:
    with pytest.raises(SourceError, match="this machine's Debian has no package apertium-eng-tlh"):
        pull_pairs(models, ["apertium-eng-tlh"], progress=RecordedProgress())
    assert debian.is_pulled(models)


def test_invalid_package_names_are_never_passed_to_apt(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not a valid package name"):
        pull_pairs(tmp_path, ["--option=x"], progress=RecordedProgress())


def test_pull_without_apt_names_the_supported_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="this works on Debian, Ubuntu and their kin"):
        pull_pairs(tmp_path, [], progress=RecordedProgress())
