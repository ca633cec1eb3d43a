"""Rows of apps/compat/openvoice/urls.py, and the errors of the dialect."""

from collections.abc import Mapping
from typing import Any

from tests.routes.shown_errors import ShownError
from tests.routes.table import row


def read_error(headers: Mapping[str, str], body: Any) -> ShownError:
    """Error of OpenVoice's API."""
    assert set(body) >= {"success", "message", "code", "param", "request_id"}
    return ShownError(body["message"], body["code"], body["request_id"])


ERROR_READERS = {"openvoice": read_error}

ROWS = [
    row("/api/health/", "GET", scope=None, owns=None),
    row("/api/info/", "GET", scope=None, owns=None),
    row("/api/clone/", "POST", scope="voice:convert", owns=None, body={"target_audio": "%", "source_audio": "%"}, status=400),
]
