"""Logging: one line per event on standard error; never a customer's text or a presigned URL."""

import json
import logging
import sys
import traceback
from collections.abc import Iterable
from typing import Final

QUIET_LOGGERS: Final = {
    "httpx": logging.WARNING,  # logs whole URLs at INFO, with their signatures
    "httpx2": logging.WARNING,
    "httpcore": logging.WARNING,
    "celery": logging.WARNING,  # a line for every message received and done
    "celery.worker.consumer.consumer": logging.ERROR,  # workers.consumer says it in one line
    "celery.apps.worker": logging.ERROR,
    "kombu": logging.WARNING,
}
SHORTEST_QUOTE: Final = 12
"""Longest run of characters that a message may share with a customer's text by chance."""


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"time": self.formatTime(record), "level": record.levelname.lower(), "logger": record.name, "event": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure_logging(log_format: str) -> None:
    """Log to standard error, as text or as one JSON object per line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name, level in QUIET_LOGGERS.items():
        logging.getLogger(name).setLevel(level)


def describe_error(error: BaseException, *, secrets: Iterable[str]) -> str:
    """Type, message and frames of an unexpected error in one line; the message is withheld if it quotes one of the secrets."""
    message = str(error)[:300]
    if any(_quotes(message, secret=secret) for secret in secrets if secret):
        message = "(withheld: it quotes the work)"
    frames = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return f"{type(error).__name__}: {json.dumps(message)} at {' > '.join(frames)}"


def _quotes(message: str, *, secret: str) -> bool:
    if len(secret) <= SHORTEST_QUOTE:
        return secret in message
    return any(message[start : start + SHORTEST_QUOTE] in secret for start in range(len(message) - SHORTEST_QUOTE + 1))
