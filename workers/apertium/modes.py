"""Language pairs that Apertium translates on this machine: its modes, read from where the packages put them."""

import hashlib
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workers.translation import routes
from workers.translation.routes import Pair

SHARE: Final = "/usr/share/apertium"
MODE_NAME: Final = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
"""Plain pairs; a suffix after an underscore is a spelling or region of one."""
PROGRAM: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
HIDE_UNKNOWN_MARKS: Final = "-n"
"""Replacement of a mode's `$1`, as for `apertium -u`: no asterisk before unknown words."""

SHORT_CODES: Final[Mapping[str, str]] = MappingProxyType(
    tomllib.loads(Path(__file__).with_name("short_codes.toml").read_text(encoding="utf-8"))
)
"""Primary tags of the codes in mode names; codes without a shorter form stay."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Place where Apertium's packages are installed: the system, or a folder they were unpacked to."""

    root: Path

    @property
    def is_system(self) -> bool:
        """True if these are the machine's own packages."""
        return self.root == Path("/")

    def locate(self, path: str) -> str:
        """Path of a mode's file, which the mode names by its place in the system."""
        return str(self.root / path.lstrip("/")) if path.startswith(f"{SHARE}/") else path

    def find_program(self, name: str) -> str:
        """Path of one of Apertium's programs; empty if it is missing."""
        if not PROGRAM.fullmatch(name):
            return ""
        if self.is_system:
            return shutil.which(name) or ""
        path = self.root / "usr" / "bin" / name
        return str(path) if path.is_file() else ""

    def environment(self) -> dict[str, str]:
        """Environment of its programs: nothing of this process's own, in particular no keys."""
        plain = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        if self.is_system:
            return plain
        libraries = [str(folder) for folder in (*sorted(self.root.glob("usr/lib/*-linux-*")), self.root / "usr" / "lib")]
        return {**plain, "PATH": f"{self.root}/usr/bin:/usr/bin:/bin", "LD_LIBRARY_PATH": ":".join(libraries)}


@dataclass(frozen=True, slots=True)
class Mode:
    """One translation direction: the programs that a text goes through."""

    source: str
    """Primary tag."""
    target: str
    stages: tuple[tuple[str, ...], ...]
    """Program and arguments of each stage."""
    installation: Installation
    digest: str
    """Digest that changes when the mode or one of its files does."""


@dataclass(frozen=True, slots=True)
class Routes:
    """All translations available here, directly or through one intermediate language."""

    routes: Mapping[Pair, tuple[Mode, ...]]
    """Modes in the order of execution, by source and target."""

    @property
    def digest(self) -> str:
        """Digest that changes when any translation may change."""
        digests = sorted(mode.digest for modes in self.routes.values() for mode in modes)
        return hashlib.sha256("".join(digests).encode()).hexdigest()[:12]

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that can be translated from or to, sorted."""
        return tuple(sorted({language for pair in self.routes for language in pair}))


def find_routes(roots: Sequence[Path]) -> Routes:
    """Pairs that the installations under these roots translate; the first installation with a pair is used."""
    direct: dict[Pair, Mode] = {}
    for root in roots:
        for mode in _find_modes(Installation(root.resolve())):
            direct.setdefault((mode.source, mode.target), mode)
    return Routes({pair: tuple(direct[one] for one in route) for pair, route in routes.find_routes(direct).items()})


def _find_modes(installation: Installation) -> Iterator[Mode]:
    for path in sorted(Path(installation.locate(f"{SHARE}/modes")).glob("*.mode")):
        name = MODE_NAME.fullmatch(path.stem)
        if name is None:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        stages = _read_stages(text, installation=installation)
        if stages:
            tags = [SHORT_CODES.get(code, code) for code in name.groups()]
            yield Mode(tags[0], tags[1], stages, installation, _digest(text, stages=stages))


def _read_stages(text: str, *, installation: Installation) -> tuple[tuple[str, ...], ...]:
    """Pipeline of the mode as programs to run without a shell; empty if a program or a file is missing."""
    stages = []
    for command in text.split("|"):
        try:
            name, *arguments = shlex.split(command)
        except ValueError:
            return ()
        program = installation.find_program(name)
        read = [installation.locate(argument.replace("$1", HIDE_UNKNOWN_MARKS).replace("$2", "")) for argument in arguments]
        if not program or any(argument.startswith("/") and not Path(argument).is_file() for argument in read):
            return ()
        stages.append((program, *filter(None, read)))
    return tuple(stages)


def _digest(text: str, *, stages: tuple[tuple[str, ...], ...]) -> str:
    """Digest of the mode's text and its files' sizes: the files are too large to be read at every start, and a new release changes their
    sizes.
    """
    files = sorted(argument for stage in stages for argument in stage[1:] if argument.startswith("/"))
    sizes = ",".join(str(Path(file).stat().st_size) for file in files)
    return hashlib.sha256(f"{text}{sizes}".encode()).hexdigest()
