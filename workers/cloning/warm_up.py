"""Fills the cache of compiled functions once, in the background: the first fit would take half a minute longer."""

import hashlib
import importlib.metadata
import logging
import os
from pathlib import Path
from typing import Final

from workers.cloning.child import compile_functions
from workers.cloning.job import cache_folder

logger = logging.getLogger(__name__)

SWITCH: Final = "TTSAI_CLONE_WARM_UP"
"""Environment variable: `off` leaves compiling to the first fit."""
NEEDED_BYTES: Final = 3 << 30
"""Available memory without which nothing is compiled ahead: the child takes up to 1.8 GB."""
SOURCES: Final = ("convolution.py", "decoder.py", "losses.py", "d_vector_loss.py", "fitting.py")


def fill_cache() -> None:
    """Compile in a child process and wait for it, unless this was done before or is switched off."""
    if os.environ.get(SWITCH, "").lower() == "off":
        return
    if 0 < _available_bytes() < NEEDED_BYTES:
        logger.info("clone_warm_up_skipped available_mb=%d", _available_bytes() >> 20)
        return
    stamp = cache_folder() / f"compiled-{_digest()}"
    if stamp.exists():
        return
    try:
        code = compile_functions()
        if code == 0:
            stamp.touch()
    except OSError as error:
        logger.warning("clone_warm_up_failed error=%s", error)
        return
    logger.info("clone_warm_up_done code=%d", code)


def _available_bytes() -> int:
    """Memory that programs may still take; 0 where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")), 0)


def _digest() -> str:
    """Changes with the code that is compiled and with the compiler."""
    digest = hashlib.sha256(importlib.metadata.version("jaxlib").encode())
    for name in SOURCES:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]
