"""Logging: one line per event on standard error; never a customer's text or a presigned URL."""

import json
import logging
import logging.config
import traceback
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog
from structlog.contextvars import merge_contextvars
from structlog.processors import ExceptionRenderer
from structlog.typing import EventDict

QUIET_LOGGERS: Final = {
    "httpx": logging.WARNING,  # logs whole URLs at INFO, with their signatures
    "httpx2": logging.WARNING,
    "httpcore": logging.WARNING,
    "celery": logging.WARNING,  # a line for every message received and done
    "celery.worker.consumer.consumer": logging.ERROR,  # workers.consumer says it in one line
    "celery.apps.worker": logging.ERROR,
    "kombu": logging.WARNING,
}
_TIMES: Final = logging.Formatter()
SHORTEST_QUOTE: Final = 12
"""Longest run of characters that a message may share with a customer's text by chance."""


def configure_logging(log_format: str, *, worker: str = "") -> None:
    """Log to standard error, each line with the worker's name."""
    logging.config.dictConfig(logging_settings(log_format, quiet=QUIET_LOGGERS, worker=worker))


def logging_settings(log_format: str, *, quiet: Mapping[str, int], **fixed: str) -> dict[str, Any]:
    """Settings for logging's dictConfig: all loggers to standard error.

    log_format: `text`, or `json` for one object per line. quiet: levels of loggers that say too much. fixed: ids in every line.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": make_formatter, "log_format": log_format, "fixed": fixed}},
        "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["standard_error"], "level": "INFO"},
        "loggers": {name: {"level": level} for name, level in quiet.items()},
    }


def make_formatter(log_format: str, fixed: Mapping[str, str]) -> logging.Formatter:
    """Formatter of a line: time, level, logger, event, and the ids that structlog.contextvars hold for this request or part."""

    def collect(logger: Any, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 - structlog's signature
        record: logging.LogRecord = event.pop("_record")
        event.pop("_from_structlog")
        head = {"time": _TIMES.formatTime(record), "level": record.levelname.lower(), "logger": record.name, "event": event.pop("event")}
        return {**head, **{name: value for name, value in fixed.items() if value}, **dict(sorted(event.items()))}

    render = structlog.processors.JSONRenderer() if log_format == "json" else _render_text
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[merge_contextvars], processors=[collect, ExceptionRenderer(), _name_traceback, render]
    )


def _name_traceback(logger: Any, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 - structlog's signature
    if "exception" in event:
        event["traceback"] = event.pop("exception")
    return event


def _render_text(logger: Any, method: str, event: EventDict) -> str:  # noqa: ARG001 - structlog's signature
    """`time LEVEL logger event key=value …`, a traceback on lines of its own."""
    head = f"{event.pop('time')} {event.pop('level').upper()} {event.pop('logger')} {event.pop('event')}"
    traceback_lines = event.pop("traceback", "")
    ids = "".join(f" {name}={value}" for name, value in event.items())
    return f"{head}{ids}\n{traceback_lines}" if traceback_lines else f"{head}{ids}"


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
