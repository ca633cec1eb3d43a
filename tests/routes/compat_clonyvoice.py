"""Rows of apps/compat/clonyvoice/library_urls.py, and the errors of the dialect."""

from collections.abc import Mapping
from typing import Any

from tests.routes.shown_errors import ShownError
from tests.routes.table import Row


def read_error(headers: Mapping[str, str], body: Any) -> ShownError:
    """Error of ClonyVoice's API."""
    assert set(body) >= {"detail", "code", "param", "request_id"}
    return ShownError(body["detail"], body["code"], body["request_id"])


ERROR_READERS = {"clonyvoice": read_error}

ROWS: list[Row] = []
