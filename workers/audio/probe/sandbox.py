"""Privileges that a child process drops before it reads a customer's file: all that it needs is open."""

import ctypes
import os
import resource
import sys
from typing import Final

NOBODY_ID: Final = 65534
PR_SET_NO_NEW_PRIVS: Final = 38
LIBRARY: Final = "libseccomp.so.2"
"""https://github.com/seccomp/libseccomp: part of Debian's and Ubuntu's base system. Without it the other measures remain."""
ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000 | 1
"""SCMP_ACT_ERRNO(EPERM)."""
UNKNOWN: Final = 0x00050000 | 38
"""SCMP_ACT_ERRNO(ENOSYS): makes glibc fall back from clone3 to clone, whose flags a filter can inspect."""
CLONE_THREAD: Final = 0x00010000
MASKED_EQUAL: Final = 7
FORBIDDEN: Final = [
    "open",
    "openat",
    "openat2",
    "creat",
    "open_by_handle_at",
    "memfd_create",
    "socket",
    "socketpair",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "fork",
    "vfork",
    "execve",
    "execveat",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_open",
    "pidfd_getfd",
    "kill",
    "tkill",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "keyctl",
    "add_key",
    "request_key",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "fchownat",
    "mkdir",
    "mkdirat",
]


class _Comparison(ctypes.Structure):
    """scmp_arg_cmp: a condition on a system call's argument."""

    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("mask", ctypes.c_uint64), ("value", ctypes.c_uint64)]


def enter_sandbox() -> None:
    """Drop privileges: from here on this process opens no file or socket and starts no process; root becomes nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _drop_root()
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if _seccomp is not None:
        _install_filter(_seccomp)


def _drop_root() -> None:
    if os.getuid() != 0:
        return
    try:
        os.setgroups([])
        os.setresgid(NOBODY_ID, NOBODY_ID, NOBODY_ID)
        os.setresuid(NOBODY_ID, NOBODY_ID, NOBODY_ID)
    except OSError:  # a user namespace without other users: its root has no rights outside
        return


def _load() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    return library


def _install_filter(library: ctypes.CDLL) -> None:
    rules = library.seccomp_init(ALLOW)

    def add(name: str, action: int, *conditions: _Comparison) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # the architecture has no such call
            array = (_Comparison * len(conditions))(*conditions)
            library.seccomp_rule_add_array(rules, action, number, len(conditions), ctypes.byref(array))

    for name in FORBIDDEN:
        add(name, REFUSE)
    add("clone3", UNKNOWN)
    add("clone", REFUSE, _Comparison(0, MASKED_EQUAL, CLONE_THREAD, 0))  # allows threads, not processes
    library.seccomp_load(rules)


_seccomp: Final = _load() if sys.platform == "linux" else None
"""Loaded before the sandbox, in which no file can be opened."""
