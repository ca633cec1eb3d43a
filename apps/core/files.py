"""File responses with byte ranges and errors in the dialect of the path."""

import os
from collections.abc import Mapping
from pathlib import Path

from starlette.responses import FileResponse

from apps.core.deferred import Message, Receive, Scope, Send
from apps.core.errors import InvalidRequestError
from apps.core.exception_handler import error_response


class RangedFile:
    """ASGI app for GET and HEAD with Range (206, 416), If-Range and several ranges."""

    def __init__(self, path: Path, *, stat: os.stat_result, content_type: str, headers: Mapping[str, str], request_id: str) -> None:
        self._response = FileResponse(path, media_type=content_type, headers=dict(headers), stat_result=stat)
        self._request_id = request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file or the requested ranges."""
        error_body: bytes | None = None

        async def send_errors_as_json(message: Message) -> None:
            nonlocal error_body
            if message["type"] == "http.response.start" and message["status"] >= 400:
                error_body, message = self._error(message, path=scope["path"])
            elif error_body is not None:
                message = {**message, "body": b"" if scope["method"] == "HEAD" else error_body}
            await send(message)

        await self._response(scope, receive, send_errors_as_json)

    def _error(self, message: Message, *, path: str) -> tuple[bytes, Message]:
        error = InvalidRequestError("The requested range is outside of the file.", code="invalid_range", status=message["status"])
        response = error_response(error, request_id=self._request_id, path=path)
        kept = [item for item in message["headers"] if item[0] == b"content-range"]
        headers = [*kept, (b"content-type", b"application/json"), (b"content-length", str(len(response.content)).encode())]
        return response.content, {**message, "status": response.status_code, "headers": headers}
