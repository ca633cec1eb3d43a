"""Sends Django responses and ASGI apps as ASGI messages."""

import time
from collections.abc import Iterator, Mapping

from django.http.response import HttpResponseBase, StreamingHttpResponse

from apps.core.deferred import ASGIApp, Message, Receive, Scope, Send
from apps.core.dialects import Dialect
from ttsai.web.threads import DjangoThreads

BODILESS = frozenset({204, 304})


async def send_response(response: HttpResponseBase, scope: Scope, send: Send, *, threads: DjangoThreads) -> None:
    content = b"" if response.streaming else bytes(response.content)  # type: ignore[attr-defined]
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    headers += [(b"set-cookie", morsel.OutputString().encode("latin-1")) for morsel in response.cookies.values()]
    if not response.streaming and response.status_code not in BODILESS and not response.has_header("Content-Length"):
        headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    if isinstance(response, StreamingHttpResponse):
        await _send_stream(response, send, threads=threads, is_head=scope["method"] == "HEAD")
        return
    is_bodiless = scope["method"] == "HEAD" or response.status_code in BODILESS
    await send({"type": "http.response.body", "body": b"" if is_bodiless else content})


async def send_app(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, headers: Mapping[str, str], dialect: Dialect, began_at: float
) -> None:
    """Run an ASGI app as the response, with these headers and the dialect's added, all under the dialect's names.

    began_at: monotonic time at which the request began.
    """
    own_names = {name.lower().encode("latin-1"): own.lower().encode("latin-1") for name, own in dialect.header_names.items()}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message["headers"]}
            added = {**dialect.find_extra_headers(headers, seconds=time.monotonic() - began_at), **headers}
            extra = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in added.items()]
            merged = [*message["headers"], *(item for item in extra if item[0] not in own)]
            message = {**message, "headers": [(own_names.get(name, name), value) for name, value in merged]}
        await send(message)

    await app(scope, receive, send_with_headers)


async def _send_stream(response: StreamingHttpResponse, send: Send, *, threads: DjangoThreads, is_head: bool) -> None:
    chunks: Iterator[bytes] = iter(response)
    try:
        while not is_head and (chunk := await threads.in_thread(next, chunks, None)) is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        await threads.in_thread(response.close)
