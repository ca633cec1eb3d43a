"""Chooses the user for Postgres, which refuses to run as root."""

import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Final

from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.program import LAUNCHER, SAME_USER

NAMESPACE: Final = "namespace"
CANDIDATES: Final = ("postgres", "nobody")
TRIAL_SECONDS: Final = 10.0


def choose_user(*, data: Path, programs: Path) -> str:
    """USER argument of the launcher for a server with this data folder, which is given to that user. Raises InstanceError."""
    if os.geteuid() != 0:
        return SAME_USER
    if _runs(NAMESPACE, ["true"]):
        _change_owner(data, uid=0, gid=0)
        return NAMESPACE
    for name in CANDIDATES:
        user = _ids(name)
        if user and _runs(user, ["test", "-x", str(programs / "postgres"), "-a", "-x", str(data.parent)]):
            uid, gid = (int(part) for part in user.split(":"))
            _change_owner(data, uid=uid, gid=gid)
            return user
    raise InstanceError(
        "postgres_refuses_root",
        f"Postgres does not run as root, this machine refuses user namespaces, and no other user can access {data.parent} and "
        f"{programs}: start as an ordinary user, set TTSAI_HOME to a folder that all users can access, or set DATABASE_URL",
    )


def _ids(name: str) -> str:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return ""
    return f"{entry.pw_uid}:{entry.pw_gid}"


def _runs(user: str, command: list[str]) -> bool:
    launch = [sys.executable, "-I", "-S", str(LAUNCHER), "9", str(os.getpid()), user]
    try:
        return subprocess.run([*launch, *command], capture_output=True, timeout=TRIAL_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _change_owner(data: Path, *, uid: int, gid: int) -> None:
    """Change the owner of the data; an earlier start may have chosen another."""
    if data.stat().st_uid == uid:
        return
    os.chown(data, uid, gid)
    for folder, folders, files in os.walk(data):
        for name in (*folders, *files):
            os.chown(Path(folder, name), uid, gid, follow_symlinks=False)
