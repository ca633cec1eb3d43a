"""Clean environment for tests: variables that locate this machine's programs, and no settings of the caller.

Tests and the programs they start read this process's environment. TTSAI_HOME, PORT, DATABASE_URL, S3_*, AWS_*, DJANGO_*, PG*, LANG and the
like of the caller would change what they test, so only the variables listed here stay. `python -m tests.environment COMMAND …` runs a
command of the virtual environment with what is left; tests/settings.py does the same for pytest, however it is started.

Variables for the tests themselves:

TTSAI_TEST_MODELS: folder of the weights, instead of var/models

TTSAI_TEST_DATABASE_URL: Postgres to use instead of starting one; its user must be a superuser (tests/database.py)

TTSAI_TEST_REDIS_URL: Valkey to use instead of starting one

TTSAI_TEST_KERNELS: instruction set that the models compute with, as on another processor: GENERIC, AVX or AVX2 (CTranslate2's names)

TTSAI_TEST_PROVE_ROUNDS: repetitions of `make prove`'s material in the long recording
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

KEPT: Final = frozenset(
    [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "TERM",
        "PYTHONUNBUFFERED",
        "PYTHONPYCACHEPREFIX",
        "PYTEST_VERSION",
        "PYTEST_CURRENT_TEST",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ]
)
KEPT_PREFIXES: Final = ("TTSAI_TEST_", "PYTEST_XDIST_", "PIP_", "UV_", "NPM_CONFIG_", "npm_config_")
"""Prefixes of further variables that are kept: the tests' own, pytest-xdist's and those of package managers."""

LOOPBACK: Final = "127.0.0.1,localhost,::1"
FIXED: Final = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK, "TTSAI_CLONE_WARM_UP": "off"}
"""Fixed variables. Proxies are for package registries only: the servers of tests are on this machine."""

KERNELS: Final = {"GENERIC": ("SSE41", "Nehalem"), "AVX": ("AVX", "Sandybridge"), "AVX2": ("AVX2", "Haswell")}
"""Names of each of CTranslate2's instruction sets in oneDNN, whose kernels multiply the 8-bit matrices of Whisper, and in OpenBLAS."""


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables for tests: those that are kept, the fixed ones and the folder of the weights."""
    kept = {name: value for name, value in environment.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
    models = Path(environment.get("TTSAI_TEST_MODELS") or ROOT / "var" / "models").resolve()
    return {**kept, **FIXED, **_kernels(environment.get("TTSAI_TEST_KERNELS", "")), "TTSAI_MODELS": str(models)}


def _kernels(name: str) -> dict[str, str]:
    if not name:
        return {}
    onednn, openblas = KERNELS[name]
    return {"CT2_FORCE_CPU_ISA": name, "ONEDNN_MAX_CPU_ISA": onednn, "OPENBLAS_CORETYPE": openblas}


def heed_signals() -> None:
    """Undo the caller's ignoring of Ctrl-C, which a shell sets for processes in its background and every program they start inherits."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def use_clean_environment() -> None:
    """Make this process's environment a clean one."""
    heed_signals()
    cleaned = clean_environment(os.environ)
    os.environ.clear()
    os.environ.update(cleaned)
    sys.dont_write_bytecode = False  # compiling 2,000 modules takes seconds in each process that tests start
    time.tzset()


def main(command: str, *arguments: str) -> None:
    """Execute the command."""
    heed_signals()
    program = str(Path(sys.executable).with_name(command))
    os.execve(program, [program, *arguments], clean_environment(os.environ))  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
