"""Logging: one line per event on standard error; never a key, a text or a presigned URL."""

import logging

from ttsai.settings.environment import text
from workers.log import logging_settings

QUIET_LOGGERS = {"httpx": logging.WARNING, "httpx2": logging.WARNING, "botocore": logging.WARNING, "django.request": logging.ERROR}
LOGGING = logging_settings(text("TTSAI_LOG_FORMAT", "text"), quiet=QUIET_LOGGERS)
"""`text`, or `json` for one object a line."""
