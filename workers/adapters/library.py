"""Library and weights of an adapter: what is missing on this machine, and the command that helps. Nothing is downloaded by itself."""

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workers.parallelism import DEVICE_VARIABLE
from workers.weights.store import WeightStore

CHECKOUTS: Final = "libraries"
"""Folder below the weights in which checkouts of libraries without a package lie."""


@dataclass(frozen=True, slots=True)
class Package:
    """A library on the package index, at the version whose signatures the tests know."""

    name: str
    version: str
    module: str

    def find_obstacle(self) -> str:
        """Reason why it cannot be imported; empty if it can. Imports nothing."""
        if importlib.util.find_spec(self.module) is not None:
            return ""
        return f"The library {self.name} is not installed: pip install {self.name}=={self.version}"

    def prepare(self) -> None:
        """Do nothing: an installed package is found by its name."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A library without a package: a checkout of its repository, at the commit whose signatures the tests know."""

    repository: str
    """Address of the repository."""
    commit: str
    folder: str
    """Name of the checkout below var/models/libraries."""
    probe: str
    """File that a checkout has."""
    search_paths: tuple[str, ...] = ("",)
    """Folders of the checkout that Python searches for modules."""
    module: str = "torch"
    """Module that its own requirements install, by which it is seen whether they are."""

    @property
    def path(self) -> Path:
        return WeightStore.default().folder(CHECKOUTS) / self.folder

    def find_obstacle(self) -> str:
        """Reason why it cannot be imported; empty if it can. Imports nothing."""
        if not (self.path / self.probe).is_file():
            shown = _shown(self.path)
            command = f"git clone --recursive {self.repository} {shown} && git -C {shown} checkout {self.commit}"
            return f"The library {self.folder} is missing: {command}"
        if importlib.util.find_spec(self.module) is None:
            return f"The requirements of {self.folder} are not installed: pip install -r {_shown(self.path)}/requirements.txt"
        return ""

    def prepare(self) -> None:
        """Let Python find the modules of the checkout."""
        for folder in self.search_paths:
            path = str(self.path / folder)
            if path not in sys.path:
                sys.path.append(path)


Library = Package | Checkout


@dataclass(frozen=True, slots=True)
class HubWeights:
    """Files of a model hub's repository, which the operator downloads once to a folder beside the other weights.

    The hub's newest revision: its digests are not known here, so that they are no weight set that `ttsai models pull` verifies.
    """

    repository: str
    folder: str
    """Name of the folder below var/models."""
    files: tuple[str, ...]
    """Files or folders without which the model does not load."""
    revision: str = ""
    """Revision whose files the library's own configuration names; empty where none is known."""

    @property
    def path(self) -> Path:
        return WeightStore.default().folder(self.folder)

    def find_obstacle(self) -> str:
        """Reason why the weights cannot be loaded; empty if they can."""
        missing = [name for name in self.files if not (self.path / name).exists()]
        if not missing:
            return ""
        revision = f" --revision {self.revision}" if self.revision else ""
        return (
            f"The weights {self.folder}/{missing[0]} are missing: hf download {self.repository}{revision} --local-dir {_shown(self.path)}"
        )


@dataclass(frozen=True, slots=True)
class CachedHubFiles:
    """Files that the library itself looks up in the hub's cache, and would download: the operator does so once, before."""

    repository: str
    files: tuple[str, ...]
    revision: str = "main"
    """Revision that the library asks for."""
    cache: str = ""
    """Folder of the cache below var/models; empty for the hub client's own."""

    @property
    def path(self) -> Path:
        """Folder of the cache, or the weights' folder where the client's own is used."""
        return WeightStore.default().folder(self.cache) if self.cache else WeightStore.default().root

    def find_obstacle(self) -> str:
        """Reason why the weights cannot be loaded; empty if they can. Asks no server."""
        from huggingface_hub import try_to_load_from_cache

        folder = str(self.path) if self.cache else None
        missing = [
            name
            for name in self.files
            if not isinstance(try_to_load_from_cache(self.repository, name, cache_dir=folder, revision=self.revision), str)
        ]
        if not missing:
            return ""
        cache = f" --cache-dir {_shown(self.path)}" if folder else ""
        return f"The weights {missing[0]} are missing: hf download {self.repository} {' '.join(missing)} --revision {self.revision}{cache}"


@dataclass(frozen=True, slots=True)
class LinkedFiles:
    """Files that the library's authors offer at addresses of their own."""

    folder: str
    """Name of the folder below var/models."""
    files: tuple[str, ...]
    command: str
    """Shell command that fetches them; {folder} stands for the folder's path."""

    @property
    def path(self) -> Path:
        return WeightStore.default().folder(self.folder)

    def find_obstacle(self) -> str:
        """Reason why the weights cannot be loaded; empty if they can."""
        missing = [name for name in self.files if not (self.path / name).is_file()]
        if not missing:
            return ""
        return f"The weights {self.folder}/{missing[0]} are missing: mkdir -p {_shown(self.path)} && {self.command.format(folder=_shown(self.path))}"


Weights = HubWeights | CachedHubFiles | LinkedFiles


def _shown(path: Path) -> str:
    """The path for messages, which customers may see too: below `$TTSAI_MODELS`, or the default folder."""
    folder = "$TTSAI_MODELS" if os.environ.get("TTSAI_MODELS") else "var/models"
    return f"{folder}/{path.relative_to(WeightStore.default().root).as_posix()}"


def import_library(name: str) -> Any:
    """Import a module of an optional library."""
    return importlib.import_module(name)


def torch_device() -> str:
    """Device for PyTorch: `cuda` if the worker runs on one (TTSAI_DEVICE), otherwise `cpu`."""
    return "cuda" if os.environ.get(DEVICE_VARIABLE, "").startswith(("cuda", "gpu")) else "cpu"
