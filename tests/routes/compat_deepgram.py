"""Rows of apps/compat/deepgram/urls.py."""

from collections.abc import Mapping
from typing import Any

from tests.routes.shown_errors import ShownError
from tests.routes.table import row

ROWS = [
    row("listen/", "POST", scope="stt:transcribe", owns=None, body={"url": "https://127.0.0.1/a.wav"}, status=400),
    row("speak/", "POST", scope="tts:generate", owns=None, body={"text": "Hello."}),
]


def read_error(headers: Mapping[str, str], body: Any) -> ShownError:
    """The error in a body of Deepgram's shape."""
    assert {"err_code", "err_msg", "request_id", "code", "param"} <= set(body)
    return ShownError(body["err_msg"], body["code"], body["request_id"])


ERROR_READERS = {"deepgram": read_error}
