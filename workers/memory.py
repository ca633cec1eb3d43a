"""Memory settings of the worker's process: how it takes memory from the system and gives it back."""

import ctypes
import logging
import sys
from typing import Final

logger = logging.getLogger(__name__)

ARENAS: Final = 2
"""Glibc gives every thread an arena of its own, up to eight a core, and each keeps the largest blocks that its threads ever freed: two threads
that heard windows grew from 0.58 to 0.84 GB in two rounds, with one arena they stayed at 0.55."""
M_ARENA_MAX: Final = -8
"""malloc.h"""


def limit_arenas() -> None:
    """Few arenas for all threads, where the C library is glibc. Before threads start."""
    if sys.platform != "linux":
        return
    try:
        accepted = ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
    except (OSError, AttributeError):  # another C library
        return
    if not accepted:
        logger.warning("arenas_not_limited")
