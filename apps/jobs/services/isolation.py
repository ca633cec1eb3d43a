"""Isolates failures in work on many rows: a failing row is logged and the others continue."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

from apps.core.storage import StorageAwayError

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class IsolatedStep:
    has_failed: bool = False


@contextmanager
def log_errors_and_continue(description: str) -> Iterator[IsolatedStep]:
    """Log what the block raises, with its traceback, and continue behind it.

    Where the database or the object store is away the error is raised: the next row would meet the same.
    """
    step = IsolatedStep()
    try:
        yield step
    except (OperationalError, InterfaceError, StorageAwayError):
        raise
    except Exception:
        logger.exception("%s failed", description)
        step.has_failed = True
