"""The commands see no configuration of the person who runs the tests."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def configuration_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty folder of configurations."""
    folder = tmp_path_factory.mktemp("configuration")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder
