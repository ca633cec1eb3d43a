"""A fit's folder: what the child process is given, how it reports, what it leaves. A folder outlives a killed attempt, so that the next continues."""

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from workers.cloning.features import Floats
from workers.contract.codec import Message
from workers.contract.time_units import DAY_SECONDS

HOME_VARIABLE: Final = "TTSAI_HOME"
STEPS_VARIABLE: Final = "TTSAI_CLONE_STEPS"
"""Environment variable: steps of a fit, each about 1.6 CPU seconds; more bring little, fewer a weaker likeness."""
DEFAULT_STEPS: Final = 40
MOST_STEPS: Final = 400
STALE_SECONDS: Final = DAY_SECONDS
JOB_FILE, CHECKPOINT, VOICE_FILE, DEMO_FILE = "job.json", "checkpoint.npz", "voice.safetensors", "demo.npy"
USAGE_FILE: Final = "usage.json"
"""CPU seconds, wall seconds and largest memory of the process that finished the fit, and where the seconds went."""


@dataclass(frozen=True, slots=True)
class FitPassage(Message):
    """Part of a recording with its words."""

    file: str
    """Name of a file in the folder: mono samples at 24 kHz."""
    text: str
    """Empty where the words are unknown; then only the speaker embedding leads the fit."""


@dataclass(frozen=True, slots=True)
class FitJob(Message):
    """Everything that a fit depends on but its samples."""

    passages: tuple[FitPassage, ...]
    language: str
    """Primary tag of the words."""
    likeness: str
    """Voice file in base64, from which the fit starts."""
    embedding: tuple[float, ...]
    """GE2E embedding of the speaker, [256]."""
    log_f0: tuple[float, ...]
    """Mean and deviation of log F0."""
    demo_text: str = ""
    demo_language: str = "en-us"
    steps: int = DEFAULT_STEPS


def cloning_folder() -> Path:
    """Folder for fits and compiled functions: below TTSAI_HOME, otherwise below the system's folder for temporary files."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).resolve() / "cloning" if home else Path(tempfile.gettempdir()) / f"ttsai-cloning-{os.getuid()}"


def wanted_steps() -> int:
    """Steps that the operator wants; the default for anything that is no number of them."""
    text = os.environ.get(STEPS_VARIABLE, "")
    return min(int(text), MOST_STEPS) if text.isdecimal() and int(text) > 0 else DEFAULT_STEPS


def cache_folder() -> Path:
    """Folder for JAX's compiled functions."""
    return cloning_folder() / "compiled"


def open_folder(name: str, job: FitJob, samples: dict[str, Floats]) -> Path:
    """Folder of a fit, with its inputs. A folder of this name with the same job keeps its checkpoint; any other is made anew."""
    folder = cloning_folder() / "fits" / name
    text = json.dumps(job.to_dict(), sort_keys=True)
    if not (folder / JOB_FILE).is_file() or (folder / JOB_FILE).read_text("utf-8") != text:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file, content in samples.items():
        np.save(folder / file, content)
    (folder / JOB_FILE).write_text(text, "utf-8")
    return folder


def read_job(folder: Path) -> FitJob:
    return FitJob.from_dict(json.loads((folder / JOB_FILE).read_text("utf-8")))


def remove_stale_folders(*, now: float | None = None) -> None:
    """Remove folders of fits that nobody continued within a day: they hold customers' recordings."""
    fits = cloning_folder() / "fits"
    limit = (now or time.time()) - STALE_SECONDS
    for folder in fits.iterdir() if fits.is_dir() else ():
        if folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)
