"""Operations inside the sandbox: all are refused, except starting a thread."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
TRIALS = """
import json, os, resource, socket, sys, threading
from workers.audio.probe import sandbox
sandbox.enter_sandbox()
def run_thread():
    ran = []
    thread = threading.Thread(target=ran.append, args=(True,))
    thread.start()
    thread.join()
    return ran == [True]
def refused(action):
    try:
        action()
    except (OSError, PermissionError, ValueError):
        return True
    return False
print(json.dumps({
    "uids": os.getresuid(),
    "groups": os.getgroups(),
    "file": refused(lambda: os.open("/etc/hostname", os.O_RDONLY)),
    "socket": refused(socket.socket),
    "root again": refused(lambda: os.setuid(0)) or os.getuid() != 0,
    "more files": refused(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))),
    "fork": refused(os.fork) if sandbox._seccomp else None,
    "thread": run_thread(),
    "unlink": refused(lambda: os.unlink(sys.argv[1])) if sandbox._seccomp else None,
}))
"""


def test_sandboxed_process_cannot_open_files_or_start_programs(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root has another uid to take")
    victim = tmp_path / "victim"
    victim.touch()
    done = subprocess.run([sys.executable, "-c", TRIALS, str(victim)], cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    has_seccomp = found["fork"] is not None
    assert found == {
        "uids": [65534, 65534, 65534],
        "groups": [],
        "file": True,
        "socket": True,
        "root again": True,
        "more files": True,
        "fork": True if has_seccomp else None,
        "thread": True,
        "unlink": True if has_seccomp else None,
    }
    assert victim.exists()
