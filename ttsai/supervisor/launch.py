"""Launches a program of the instance: tied to the supervisor's life, and without root privileges if requested. Run as a stand-alone
script.

usage: launch.py SIGNAL PARENT USER COMMAND…

SIGNAL: sent to the command when the supervisor dies, however it dies

PARENT: the supervisor's process id

USER: `same`, `namespace` (root of the machine appears as user 1000) or a numeric `uid:gid`
"""

import ctypes
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
INSIDE_ID = 1000
CHECK_SECONDS = 0.2


def main(arguments: Sequence[str]) -> None:
    """Drop privileges, tie the process to the supervisor, and exec the command."""
    number, parent, user, *command = arguments
    change_user(user)
    # After the rights are dropped: a change of credentials forgets the signal.
    if not set_parent_death_signal(int(parent), signal_number=int(number)):
        watch(command, parent=int(parent), signal_number=int(number))
    os.execvp(command[0], command)  # noqa: S606


def change_user(user: str) -> None:
    """Change to an unprivileged user."""
    if user == "namespace":
        uid, gid = os.getuid(), os.getgid()
        if _libc().unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "a user namespace is refused")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{INSIDE_ID} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{INSIDE_ID} {gid} 1")
    elif user != "same":
        uid_text, gid_text = user.split(":")
        os.setgroups([])
        os.setgid(int(gid_text))
        os.setuid(int(uid_text))


def set_parent_death_signal(parent: int, *, signal_number: int) -> bool:
    """Ask the kernel for the signal at the parent's death; False if it does not support that."""
    if not sys.platform.startswith("linux") or _libc().prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        return False
    if os.getppid() != parent:  # it died before the kernel was asked
        os.kill(os.getpid(), signal_number)
    return True


def watch(command: list[str], *, parent: int, signal_number: int) -> None:
    """Run the command as a child, forward signals, and end it when the parent is gone."""
    passed_on = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
    signal.pthread_sigmask(signal.SIG_BLOCK, passed_on)  # a signal that comes now must wait until there is whom to pass it to
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, passed_on)
        os.execvp(command[0], command)  # noqa: S606

    def forward_signal(received: int, frame: FrameType | None) -> None:  # noqa: ARG001
        os.kill(child, received)

    for name in passed_on:
        signal.signal(name, forward_signal)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, passed_on)
    while True:
        finished, status = os.waitpid(child, os.WNOHANG)
        if finished:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
        if os.getppid() != parent:
            os.kill(child, signal_number)
            parent = os.getppid()
        select.select([], [], [], CHECK_SECONDS)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    main(sys.argv[1:])
