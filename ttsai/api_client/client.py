"""Requests to a platform: jobs that are queued, followed to their end and cancelled, streamed speech, and downloads."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import httpx

from ttsai.api_client.addresses import is_loopback
from ttsai.api_client.background import start_task
from ttsai.api_client.counted_file import CountedFile
from ttsai.api_client.errors import ApiError
from ttsai.api_client.events import follow_events, parse_events
from ttsai.api_client.retrying import NO_RETRIES, RetryPolicy

TIMEOUT: Final = httpx.Timeout(60.0, read=320.0)
"""Endpoints with a recording wait up to 290 s."""
File = tuple[str, Any, str]
"""Name, content (bytes or an open file) and media type of a file in a form."""


class ApiClient:
    """Client of one platform with one key. Every failed request raises ApiError."""

    def __init__(
        self,
        *,
        url: str,
        key: str,
        transport: httpx.AsyncBaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
        retries: RetryPolicy = NO_RETRIES,
    ) -> None:
        """transport: in place of connections, for calls within the web process. headers: sent with every request to the platform.
        retries: of requests that are safe to repeat, GET and those with an Idempotency-Key. Raises ApiError for an invalid URL.
        """
        self.url = url.rstrip("/")
        self._retries = retries
        self._has_answered = False
        self._own_headers = {**(headers or {}), **({"Authorization": f"Bearer {key}"} if key else {})}
        # Downloads may lead to an object store, to which a transport within the process does not reach.
        try:
            mounts = {f"all://{httpx.URL(self.url).host}": transport} if transport is not None else None
            self._http = self._connect(mounts)
        except (httpx.InvalidURL, ValueError) as error:
            raise ApiError("invalid_url", f"{self.url} is not a valid server URL: {error}") from error

    def _connect(self, mounts: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url,
            headers=self._own_headers,
            event_hooks={"request": [self._keep_own_headers]},
            timeout=TIMEOUT,
            mounts=mounts,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
            follow_redirects=True,
            trust_env=not is_loopback(self.url),  # a proxy of the environment is for other machines
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """JSON of a GET request; empty parameters are left out."""
        return await self._json("GET", path, params=_given(parameters))

    async def post(self, path: str, body: Mapping[str, Any], *, idempotency_key: str = "") -> dict[str, Any]:
        """JSON of a POST request with a JSON body; None and empty values are left out."""
        return await self._json("POST", path, json=_given(body), headers=_idempotency(idempotency_key))

    async def post_form(
        self, path: str, fields: Mapping[str, Any], *, file: File | Sequence[File] | None = None, idempotency_key: str = ""
    ) -> dict[str, Any]:
        """JSON of a POST request with a form, which queues its job instead of waiting for it."""
        data = {name: _form_value(value) for name, value in _given(fields).items()}
        options = {"params": {"async": "1"}, "headers": _idempotency(idempotency_key)}
        if file is None:
            return await self._json("POST", path, json=data, **options)
        files = [file] if isinstance(file, tuple) else file
        return await self._json("POST", path, data=data, files=[("file", one) for one in files], **options)

    async def upload(self, file: CountedFile, *, name: str) -> str:
        """Send a file in advance, in pieces, and return its `upload_id`. Raises ApiError."""
        announced = await self.post("/v1/uploads/", {"file_name": name, "bytes": file.size})
        headers = {**announced["headers"], "Content-Length": str(file.size)}

        async def send() -> dict[str, Any]:
            return await self._json_once("PUT", announced["url"], content=file.chunks(), headers=headers)

        await self._retries.run(send)  # the same bytes at the same address
        return str(announced["upload_id"])

    async def follow(self, job: str) -> AsyncGenerator[float]:
        """Progress (0 to 1) of an own job, until it is over."""
        async for event in follow_events(self._http, job=job, has_ended=self._has_ended):
            if event.get("type") == "progress":
                yield float((await self.get(f"/v1/jobs/{job}/")).get("progress") or 0.0)

    async def result(self, job: str) -> dict[str, Any]:
        """Result of a job that is over. Raises ApiError for a failed or cancelled one."""
        result = await self.get("/v1/speech/results/", uuid=job)
        if result["status"] != "completed":
            raise ApiError(str(result.get("code") or result["status"]), str(result.get("error") or f"The job is {result['status']}."))
        return result

    async def cancel(self, job: str) -> None:
        """Cancel a job, unless it is over already."""
        try:
            await self.post(f"/v1/jobs/{job}/cancel/", {})
        except ApiError as error:
            if error.status != 409:
                raise

    async def download(self, url: str, *, limit: int) -> tuple[bytes, str]:
        """Content and media type of a file. Raises ApiError (`too_large`) beyond the limit in bytes."""
        content = bytearray()
        async with self.answer("GET", url) as response:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > limit:
                    raise ApiError("too_large", f"The file is larger than {limit:,} bytes. Download it from {url}")
            return bytes(content), response.headers.get("content-type", "application/octet-stream")

    async def stream(self, path: str, body: Mapping[str, Any], *, chunk_bytes: int) -> AsyncGenerator[bytes]:
        """Bytes of a streamed response in chunks of this size. Leaving early closes the connection, which cancels the job."""
        async with self.answer("POST", path, json=_given(body)) as response:
            async for chunk in response.aiter_bytes(chunk_bytes):
                yield chunk

    async def read_events(self, path: str, fields: Mapping[str, Any], *, file: File) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
        """Names and data of the server-sent events that answer a form with a file."""
        data = {name: _form_value(value) for name, value in _given(fields).items()}
        async with self.answer("POST", path, data=data, files={"file": file}) as response:
            async for event in parse_events(response.aiter_lines()):
                yield event.name, event.data

    async def _keep_own_headers(self, request: httpx.Request) -> None:
        """Take the key and the other own headers off a request that leads elsewhere, such as a redirect to an object store."""
        if _is_same_origin(request.url, own=self._http.base_url):
            return
        for name in self._own_headers:
            request.headers.pop(name, None)
        request.headers["Host"] = request.url.netloc.decode("ascii")

    def answer(self, method: str, path: str, **arguments: Any) -> "_Answer":
        """Open response, for bodies that are read in pieces. Raises ApiError unless the request succeeded."""
        return _Answer(self._http, method, path, arguments)

    async def _json(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        is_repeatable = method == "GET" or "Idempotency-Key" in (arguments.get("headers") or {})
        retries = self._retries if is_repeatable else NO_RETRIES
        return await retries.run(lambda: self._json_once(method, path, **arguments), is_reachable=lambda: self._has_answered)

    async def _json_once(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        async with self.answer(method, path, **arguments) as response:
            self._has_answered = True
            await response.aread()
            try:
                body = response.json()
            except ValueError as error:
                raise ApiError("bad_answer", f"{self.url} answered without JSON; it is probably not a Speech Platform server.") from error
        if not isinstance(body, dict):
            raise ApiError("bad_answer", f"{response.request.url} answered with something else than a JSON object.")
        return body

    async def _has_ended(self, job: str) -> bool:
        return (await self.get(f"/v1/jobs/{job}/"))["status"] in {"completed", "failed", "cancelled", "expired"}


class _Answer:
    """Open response of a successful request, as an asynchronous context manager."""

    def __init__(self, http: httpx.AsyncClient, method: str, path: str, arguments: dict[str, Any]) -> None:
        self._streaming = http.stream(method, path, **arguments)
        self._url = http.base_url
        self._response: httpx.Response | None = None

    async def __aenter__(self) -> httpx.Response:
        try:
            response = self._response = await self._streaming.__aenter__()
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ApiError("unreachable", f"No answer from {self._url}: {error or type(error).__name__}") from error
        if response.is_success:
            return response
        try:
            await response.aread()
        except httpx.TransportError as error:
            raise ApiError("unreachable", f"{self._url} broke off its answer: {type(error).__name__}") from error
        finally:
            await self.__aexit__(None, None, None)
        raise ApiError.of_response(response)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._response is not None:
            # httpcore leaves a connection open whose closing is interrupted, so that the platform would continue a job that nobody hears.
            await asyncio.shield(start_task(_close_response(self._response)))
        await self._streaming.__aexit__(kind, error, trace)
        if isinstance(error, httpx.TransportError):
            raise ApiError("unreachable", f"{self._url} broke off its answer: {error or type(error).__name__}") from error


async def _close_response(response: httpx.Response) -> None:
    """Close a response, and its connection too unless the body was read to its end."""
    is_read = response.is_closed
    await response.aclose()
    connection = response.extensions.get("network_stream")  # a transport within the process has none
    if connection is not None and not is_read:
        await connection.aclose()  # httpcore has not closed it if a cancellation interrupted it


def _is_same_origin(url: httpx.URL, *, own: httpx.URL) -> bool:
    """True for the platform's own address, also where it leads from HTTP to HTTPS."""
    is_upgraded = (own.scheme, own.port, url.scheme, url.port) == ("http", None, "https", None)
    return url.host == own.host and (is_upgraded or (url.scheme, url.port) == (own.scheme, own.port))


def _idempotency(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key} if key else {}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value != ""}


def _form_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
