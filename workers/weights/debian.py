"""Debian packages without root: downloaded and verified by apt, unpacked into a folder of the weights, run from there."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from workers.weights.sources.base import Progress, SourceError
from workers.weights.sources.commands import run_client

FOLDER: Final = "apertium"
"""Folder below the weights; workers/engines/apertium.py reads it."""
PAIRS: Final = ("apertium-eng-spa", "apertium-fr-es", "apertium-fra-spa", "apertium-spa-ita", "apertium-es-pt", "apertium-eng-cat")
"""Packages pulled by default, as far as the machine's Debian has them: releases spell some pairs differently."""
PROGRAMS: Final = re.compile(r"(lib)?(apertium|lttoolbox|irstlm|cg3|hfst|fst)[a-z0-9.+-]{0,60}")
"""Packages that are unpacked even if the system has them: removing the system's copy later must not break ours."""
PACKAGE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{1,80}")
INSTALLED: Final = "PACKAGES"
"""List of the unpacked packages with versions, in the folder. Written last, so that it marks a complete tree."""


def pull_pairs(root: Path, pairs: Sequence[str], *, progress: Progress) -> list[str]:
    """Install these pairs and the programs that they need in root/apertium; returns the unpacked packages. Raises SourceError."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise SourceError("apt-get and dpkg-deb are needed: this works on Debian, Ubuntu and their kin")
    if wrong := [name for name in pairs if not PACKAGE.fullmatch(name)]:
        raise SourceError(f"{wrong[0]!r} is not a valid package name")
    root = root.resolve()  # apt-get runs elsewhere
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=".apertium-") as temporary:
        apt = Apt(Path(temporary), progress=progress)
        apt.update()
        known = apt.known(pairs or PAIRS)
        if missing := [pair for pair in pairs if pair not in known]:
            raise SourceError(f"this machine's Debian has no package {missing[0]}")
        if not known:
            raise SourceError("this machine's Debian has no pair of Apertium")
        files = apt.download(apt.needed(known))
        tree = Path(temporary) / "tree"
        for file in files:
            unpacked = subprocess.run(["dpkg-deb", "--extract", str(file), str(tree)], check=False, capture_output=True, text=True)
            if unpacked.returncode != 0:
                raise SourceError(f"{file.name} cannot be unpacked: {(unpacked.stderr.strip().splitlines() or [''])[-1]}")
        names = sorted(file.stem for file in files)
        (tree / INSTALLED).write_text("\n".join(names) + "\n")
        _replace_folder(tree, target=root / FOLDER)
    return names


def is_pulled(root: Path) -> bool:
    """True if a complete tree is installed."""
    return (root / FOLDER / INSTALLED).is_file()


def _replace_folder(tree: Path, *, target: Path) -> None:
    old = tree.with_name("old")
    if target.exists():
        target.replace(old)
    tree.replace(target)


class Apt:
    """apt-get with lists and downloads of its own, so that it needs no root and changes nothing on the machine."""

    def __init__(self, folder: Path, *, progress: Progress) -> None:
        self._folder = folder
        self._progress = progress
        for name in ("lists/partial", "cache/archives/partial", "work"):
            (folder / name).mkdir(parents=True)
        (folder / "nothing").write_text("")
        user = ("APT::Sandbox::User=root",) if os.geteuid() == 0 else ()
        settings = (f"Dir::State::lists={folder}/lists", f"Dir::Cache={folder}/cache", "Debug::NoLocking=true", "Acquire::Retries=2", *user)
        self._options = [part for setting in settings for part in ("-o", setting)]
        self._bare = ["-o", f"Dir::State::status={folder}/nothing"]
        """Options as if nothing were installed, so that all dependencies are listed."""

    def update(self) -> None:
        """Download the package lists and their signatures."""
        self._progress.begin("lists of Debian packages", size_bytes=0)
        self._run("update", self._options)

    def known(self, names: Sequence[str]) -> list[str]:
        """Available packages among the names, in order."""
        command = ["apt-cache", *self._options, *self._bare, "policy", *names]
        output = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment()).stdout
        found = set(re.findall(r"^(\S+):\n\s+Installed: .*\n\s+Candidate: (?!\(none\))", output, re.MULTILINE))
        return [name for name in names if name in found]

    def needed(self, names: Sequence[str]) -> list[str]:
        """The packages and their dependencies that are missing on the machine or belong to Apertium."""
        command = ["apt-get", *self._options, *self._bare, "install", "--simulate", "--no-install-recommends", *names]
        simulated = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
        closure = re.findall(r"^Inst (\S+)", simulated.stdout, re.MULTILINE)
        if simulated.returncode != 0 or not closure:
            raise SourceError("apt-get cannot tell what Apertium needs; is the package registry within reach?")
        installed = _installed()
        return sorted(name for name in closure if name in names or PROGRAMS.fullmatch(name) or name not in installed)

    def download(self, names: Sequence[str]) -> list[Path]:
        """Download the packages; apt verifies their digests."""
        self._progress.begin("Apertium's packages", size_bytes=0)
        folder = self._folder / "work"
        self._run("download", [*self._options, *self._bare], *names)
        return sorted(folder.glob("*.deb"))

    def _run(self, verb: str, options: Sequence[str], *names: str) -> None:
        work = self._folder / "work"  # where apt-get download leaves what it fetched
        run_client(["apt-get", *options, verb, *names], folder=work, progress=self._progress, environment=_environment(), cwd=work)


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def _installed() -> frozenset[str]:
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n"]
    output = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    return frozenset(line.split()[0] for line in output.splitlines() if line.endswith(" installed"))
