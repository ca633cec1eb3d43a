"""The environment of tests contains no settings of the caller."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import ROOT, clean_environment

SETTINGS = {
    "TTSAI_HOME": "/caller", "TTSAI_MODELS": "/caller/models", "TTSAI_ENGINES": "silence", "TTSAI_SECRET_KEY": "caller", "PORT": "1",
    "HOST": "0.0.0.0", "DATABASE_URL": "postgresql://caller", "REDIS_URL": "redis://caller", "S3_BUCKET": "caller", "AWS_PROFILE": "caller",  # noqa: S104
    "DJANGO_SETTINGS_MODULE": "caller", "PGHOSTADDR": "192.0.2.1", "OPENAI_API_KEY": "caller", "PYTEST_ADDOPTS": "--caller",
    "PYTHONWARNINGS": "error", "PYTHONPATH": "/caller", "OMP_NUM_THREADS": "1", "FORCE_COLOR": "1", "LANG": "de_DE.ISO-8859-1",
}  # fmt: skip


def test_no_setting_of_the_caller_reaches_the_tests() -> None:
    expected = {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy:3128",
        "PIP_INDEX_URL": "https://index",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "no_proxy": "127.0.0.1,localhost,::1",
        "TTSAI_CLONE_WARM_UP": "off",
        "TTSAI_MODELS": str((ROOT / "var" / "models").resolve()),
    }
    kept = {"PATH": "/bin", "HTTPS_PROXY": "http://proxy:3128", "PIP_INDEX_URL": "https://index"}
    assert clean_environment({**SETTINGS, **kept, "TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8", "NO_PROXY": "*"}) == expected


def test_weights_folder_can_be_set_for_tests_only(tmp_path: Path) -> None:
    assert clean_environment({"TTSAI_TEST_MODELS": str(tmp_path)})["TTSAI_MODELS"] == str(tmp_path)


def test_other_kernels_are_available_to_tests_only() -> None:
    asked = clean_environment({"TTSAI_TEST_KERNELS": "AVX2", "CT2_FORCE_CPU_ISA": "AVX512"})
    assert (asked["CT2_FORCE_CPU_ISA"], asked["ONEDNN_MAX_CPU_ISA"], asked["OPENBLAS_CORETYPE"]) == ("AVX2", "AVX2", "Haswell")
    assert "CT2_FORCE_CPU_ISA" not in clean_environment({"CT2_FORCE_CPU_ISA": "AVX512"})


def test_environment_of_tests_has_no_settings_except_its_servers() -> None:
    allowed = {
        "TTSAI_HOME",
        "TTSAI_MODELS",
        "TTSAI_CLONE_WARM_UP",
        "TTSAI_SECRET_KEY",
        "TTSAI_DATABASE_STATEMENT_SECONDS",
        "DATABASE_URL",
        "REDIS_URL",
        "DJANGO_SETTINGS_MODULE",
    }
    found = {name for name in os.environ if re.match(r"TTSAI_(?!TEST_)|S3_|AWS_|DJANGO_|PG[A-Z]|DATABASE_|REDIS_|PORT$|HOST$", name)}
    assert found <= allowed
    assert os.environ["TTSAI_MODELS"] == clean_environment(os.environ)["TTSAI_MODELS"]


@pytest.mark.parametrize("program", ["ttsai", "python"])
def test_command_in_clean_environment_sees_the_tests_models_folder(program: str) -> None:
    script = "import json, os; print(json.dumps(os.environ['TTSAI_MODELS'] + '/'))"
    arguments = {"ttsai": ["models", "list", "--json"], "python": ["-c", script]}[program]
    command = [sys.executable, "-m", "tests.environment", program, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TTSAI_HOME": "/caller", "TTSAI_MODELS": ""}, capture_output=True, text=True, check=True
    )
    assert json.dumps(f"{os.environ['TTSAI_MODELS']}/").strip('"') in done.stdout
    assert "/caller" not in done.stdout


def test_a_command_run_in_it_heeds_signals_that_the_caller_ignores() -> None:
    script = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, int(signal.getsignal(signal.SIGQUIT)))"
    command = shlex.join([sys.executable, "-m", "tests.environment", "python", "-c", script])
    done = subprocess.run(["sh", "-c", f"trap '' INT QUIT; {command}"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True 0\n"


def test_every_command_of_the_makefile_but_make_run_is_run_in_it() -> None:
    commands = re.findall(r"^\t@?(?:exec )?(\S*\.venv/bin/.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert commands == [".venv/bin/ttsai up"]
