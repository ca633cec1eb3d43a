"""Reads environment variables; defaults suit a local installation."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path(os.environ.get("TTSAI_HOME") or ROOT / "var").resolve()
"""Folder of everything that the platform stores on this machine; `var` in the source tree by default."""


def text(name: str, default: str = "") -> str:
    """The variable, or the default if it is unset or empty."""
    return os.environ.get(name) or default


def number(name: str, default: int) -> int:
    """The variable as a whole number."""
    return int(os.environ.get(name) or default)


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]
