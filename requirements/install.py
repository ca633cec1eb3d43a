"""Makes .venv hold exactly what the named groups pin: instant when it does already, safe when two makes run at once."""  # noqa: INP001

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
RUN = ("platform", "embedded", "worker-cpu", "languages", "detector", "provenance")
GROUPS = {"run": RUN, "test": (*RUN, "dev"), "prove": (*RUN, "dev", "prove")}
CLIENTS = VENV / "clients"
"""Environment of the clients that `make prove` runs (clients.in): they pin other versions than the platform."""


def main(name: str) -> None:
    """Installs what `run`, `test` or `prove` needs."""
    install_platform(name)
    if name == "prove":
        install_clients()


def install_platform(name: str) -> None:
    """Installs the groups of `run`, `test` or `prove` into .venv."""
    wanted = {"root": str(ROOT), "python": sys.version.split()[0], **{group: digest(group) for group in ("bootstrap", *GROUPS[name])}}
    if is_installed(wanted):
        return
    with locked():
        if is_installed(wanted):  # another make did it while this one waited
            return
        make_venv(wanted)
        install(GROUPS[name])
        STAMP.write_text(json.dumps({**read_stamp(), **wanted}))


def install_clients() -> None:
    """The clients' environment inside .venv, made by its uv: exactly what clients.txt pins."""
    pinned, stamp = ROOT / "requirements" / "clients.txt", CLIENTS / "installed.txt"
    with locked():
        if stamp.exists() and stamp.read_bytes() == pinned.read_bytes():
            return
        say("installing the clients that make prove runs (840 MB)")
        uv = str(VENV / "bin" / "uv")
        make = (uv, "venv", "--quiet", "--clear", "--python", str(VENV / "bin" / "python"), str(CLIENTS))
        add = (
            uv,
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--python",
            str(CLIENTS / "bin" / "python"),
            "-r",
            str(pinned),
        )
        if any(subprocess.run(command, check=False, cwd=ROOT).returncode != 0 for command in (make, add)):
            give_up("the clients cannot be installed; is the package registry within reach?")
        stamp.write_bytes(pinned.read_bytes())


def digest(group: str) -> str:
    """Tells one list of pinned requirements from another; the project's own metadata belongs to all."""
    pinned = (ROOT / "requirements" / f"{group}.txt").read_bytes()
    return hashlib.sha256(pinned + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    """Digests of the installed groups of requirements, by group."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def is_installed(wanted: dict[str, str]) -> bool:
    """True if everything wanted is installed in this folder."""
    known = read_stamp()
    return all(known.get(name) == value for name, value in wanted.items()) and (VENV / "bin" / "ttsai").exists()


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """One installation at a time in one checkout; the folder itself is the lock."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_venv(wanted: dict[str, str]) -> None:
    """A virtual environment with uv; one of another folder or another Python is made anew."""
    known = read_stamp()
    if known and any(known.get(name) != wanted[name] for name in ("root", "python")):
        shutil.rmtree(VENV)
    STAMP.unlink(missing_ok=True)
    if run("-c", "import pip", is_quiet=True) != 0:
        say("making .venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    if known.get("bootstrap") != wanted["bootstrap"]:
        pip_install("bootstrap")


def install(groups: Sequence[str]) -> None:
    """The pinned packages, every one checked against its hash, then the project itself as it lies here."""
    say(f"installing {', '.join(groups)} (the first time takes a minute)")
    files = [argument for group in groups for argument in ("-r", str(ROOT / "requirements" / f"{group}.txt"))]
    uv = (str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(VENV / "bin" / "python"))
    # The lists are complete, and what languages.txt leaves out it leaves out on purpose (languages.in).
    if subprocess.run([*uv, "--no-deps", "--require-hashes", *files], check=False, cwd=ROOT).returncode != 0:
        say("uv could not; trying pip, which may know an index that uv does not")
        pip_install(*groups)
    editable = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    if subprocess.run([*uv, *editable], check=False, cwd=ROOT).returncode != 0 and run("-m", "pip", "install", "--quiet", *editable) != 0:
        give_up("the project itself cannot be installed")


def pip_install(*groups: str) -> None:
    """The same through pip."""
    files = [argument for group in groups for argument in ("-r", str(ROOT / "requirements" / f"{group}.txt"))]
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
    if run("-m", "pip", "install", *options, *files) != 0:
        give_up("the packages cannot be installed; is the package registry within reach?")


def run(*arguments: str, is_quiet: bool = False) -> int:
    """Runs the environment's Python; its exit code."""
    sink = subprocess.DEVNULL if is_quiet else None
    try:
        return subprocess.run([VENV / "bin" / "python", *arguments], stdout=sink, stderr=sink, check=False, cwd=ROOT).returncode
    except OSError:
        return 1


def say(line: str) -> None:
    """One line about what takes time."""
    sys.stderr.write(f"ttsai: {line}\n")


def give_up(reason: str) -> None:
    """Ends with one line."""
    raise SystemExit(f"ttsai: {reason}")


if __name__ == "__main__":
    main(sys.argv[1])
