"""Programs with ElevenLabs' official package for JavaScript (tests/prove/elevenlabs_node)."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parents[2] / "prove" / "elevenlabs_node"
LONGEST_RUN = 600.0
"""Seconds: with real models a voice is made meanwhile."""


def install_programs(folder: Path) -> Path:
    """The folder, with the programs and the package that they use. Skips the test without Node."""
    if shutil.which("npm") is None:
        pytest.skip("Node is not installed")
    for path in PROGRAMS.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], check=True, cwd=folder, timeout=300)
    return folder


def run_program(folder: Path, program: str, *arguments: str) -> str:
    """Output of a program that succeeds."""
    done = subprocess.run(["node", program, *arguments], cwd=folder, timeout=LONGEST_RUN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout
