"""Schemathesis over /v1/schema/: no valid or invalid request makes an operation fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.running import RunningPlatform
from tests.sweep.bad import SECONDS

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
COMMAND = Path(sys.executable).with_name("schemathesis")
CHECKS = "not_a_server_error,content_type_conformance,status_code_conformance"


def sweep(platform: RunningPlatform, key: str, *, phases: str, examples: int, folder: Path) -> None:
    """Run schemathesis as a user would, without the operator's limits."""
    command = [
        str(COMMAND), "run", f"{platform.url}/v1/schema/", "--header", f"Authorization: Bearer {key}", "--checks", CHECKS,
        "--phases", phases, "--max-examples", str(examples), "--request-timeout", str(SECONDS), "--seed", "4", "--continue-on-failure",
        "--suppress-health-check", "all", "--generation-database", "none", "--no-color", "--warnings", "off",
    ]  # fmt: skip
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-50_000:]}\n{done.stderr[-2_000:]}"
    log = platform.log.read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log


@pytest.fixture
def key(swept: RunningPlatform) -> str:
    """Key of an account of its own: the sweep may revoke or rotate it."""
    return swept.key("schema@example.com", plan="enterprise", credits_=100_000, requests_per_minute=1_000_000, concurrent=10_000)


def test_no_operation_answers_with_a_server_error(swept: RunningPlatform, key: str, tmp_path: Path) -> None:
    sweep(swept, key, phases="examples,fuzzing", examples=3, folder=tmp_path)


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_no_operation_answers_with_a_server_error_at_length(swept: RunningPlatform, key: str, tmp_path: Path) -> None:
    sweep(swept, key, phases="examples,coverage,fuzzing,stateful", examples=200, folder=tmp_path)
