"""Client of the operator's OpenAI-compatible chat server: bounded time and size, and the key is sent to this server only."""

import json
import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from workers.contract.errors import ENGINE_UNAVAILABLE, INVALID_TEXT, TIMED_OUT, WorkError

logger = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 5.0
LONGEST_BODY_BYTES: Final = 1 << 20
"""Largest response: a hundred times the longest answer that is requested."""
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Status codes after which the same request may succeed."""
PAUSES_SECONDS: Final = (0.5, 2.0)
"""Pauses between attempts at a busy server: two retries. The platform retries a part that fails nevertheless."""
LONGEST_PAUSE_SECONDS: Final = 10.0
"""Longest Retry-After that is honoured."""
RENAMED: Final = {"max_tokens": "max_completion_tokens", "temperature": ""}
"""Parameters that newer models of some servers rename, or refuse (empty); the server names the parameter in `error.param`."""
THOUGHTS: Final = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
"""Reasoning before the answer, if the server does not remove it."""


class _BusyError(Exception):
    """The server is busy; it may have said for how many seconds."""

    def __init__(self, reason: str, *, pause_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause_seconds = pause_seconds


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    is_cut: bool
    """True if the answer reached the token limit."""


@dataclass(frozen=True, slots=True)
class ChatServer:
    """Requests chat completions. Thread-safe. It logs the host, never a text or the key."""

    url: str
    """Base URL with the version: https://host/v1."""
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 60.0
    """Time limit of an answer with all attempts."""

    def complete(self, messages: Sequence[Mapping[str, str]], *, max_tokens: int, temperature: float) -> Answer:
        """Answer of the model. Raises WorkError: timed_out, invalid_text if the server refuses the text, otherwise engine_unavailable."""
        deadline = time.monotonic() + self.seconds
        request: dict[str, Any] = {
            "model": self.model,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": False,
        }
        with httpx.Client(follow_redirects=False) as client:  # a redirect would send the API key to another server
            for pause in (*PAUSES_SECONDS, None):
                try:
                    return self._ask(client, request, deadline=deadline)
                except _BusyError as busy:
                    wait = max(pause or 0.0, busy.pause_seconds)
                    if pause is None or time.monotonic() + wait >= deadline:
                        raise self._failure(busy.reason) from None
                    time.sleep(wait)
        raise self._failure("no_attempt")

    def _ask(self, client: httpx.Client, request: dict[str, Any], *, deadline: float) -> Answer:
        while True:
            status, body = self._post(client, request, deadline=deadline)
            if status == 200:
                return self._read(body)
            if status != 400:
                raise self._refused(status)
            unwanted = _unwanted_parameter(body)
            if unwanted not in request or unwanted not in RENAMED:
                raise self._refused(status)
            value = request.pop(unwanted)
            if RENAMED[unwanted]:
                request[RENAMED[unwanted]] = value

    def _post(self, client: httpx.Client, request: Mapping[str, Any], *, deadline: float) -> tuple[int, bytes]:
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        left = max(0.1, deadline - time.monotonic())
        timeout = httpx.Timeout(left, connect=min(left, CONNECT_SECONDS))
        body = bytearray()
        try:
            with client.stream("POST", f"{self.url}/chat/completions", json=request, headers=headers, timeout=timeout) as response:
                if response.status_code in BUSY:
                    raise _BusyError(str(response.status_code), pause_seconds=_pause_of(response.headers.get("retry-after", "")))
                for block in response.iter_raw():  # a compressed answer might decompress to any size
                    body += block
                    if len(body) > LONGEST_BODY_BYTES:
                        raise self._failure("answer_too_long")
                    if time.monotonic() > deadline:  # a slow body never exceeds the timeout of a single read
                        raise self._timed_out()
                return response.status_code, bytes(body)
        except (httpx.ReadTimeout, httpx.WriteTimeout):
            raise self._timed_out() from None
        except httpx.TransportError as error:
            raise _BusyError(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise self._failure(type(error).__name__) from None

    def _read(self, body: bytes) -> Answer:
        try:
            choice = json.loads(body)["choices"][0]
            text, reason = choice["message"]["content"], choice.get("finish_reason")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            raise self._failure("answer_unreadable") from None
        if text is not None and not isinstance(text, str):
            raise self._failure("answer_unreadable")
        return Answer(THOUGHTS.sub("", text or "").strip(), reason == "length")

    def _refused(self, status: int) -> WorkError:
        if status in {400, 413, 422}:
            logger.warning("chat_server_refused host=%s status=%d", self._host, status)
            return WorkError(INVALID_TEXT, f"The language model refused the text (its server answered {status}). Try a shorter one.")
        return self._failure(str(status))

    def _failure(self, reason: str) -> WorkError:
        logger.error("chat_server_failed host=%s reason=%s", self._host, reason)
        return WorkError(ENGINE_UNAVAILABLE, "The language model's server did not give an answer that can be used.")

    def _timed_out(self) -> WorkError:
        logger.error("chat_server_failed host=%s reason=timeout", self._host)
        return WorkError(TIMED_OUT, f"The language model did not answer within {self.seconds:g} seconds.")

    @property
    def _host(self) -> str:
        return httpx.URL(self.url).host


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of one server from the environment."""

    server: ChatServer | None
    obstacle: str
    """Reason why no server is configured, one sentence for the operator; empty if there is one."""


def read_settings(environment: Mapping[str, str], *, prefix: str, seconds: float) -> ServerSettings:
    """Settings from <prefix>_URL, _KEY, _MODEL and _SECONDS."""
    url, model = environment.get(f"{prefix}_URL", "").strip().rstrip("/"), environment.get(f"{prefix}_MODEL", "").strip()
    if not url:
        return ServerSettings(None, f"Set {prefix}_URL and {prefix}_MODEL to an OpenAI-compatible server to use it.")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        return ServerSettings(None, f"{prefix}_URL must be an address like https://host/v1.")
    if not model:
        return ServerSettings(None, f"Set {prefix}_MODEL to the name of a model of that server.")
    given = _number(environment.get(f"{prefix}_SECONDS") or str(seconds))
    if not 0 < given <= 3600:  # written so that nan is refused too
        return ServerSettings(None, f"{prefix}_SECONDS must be a number of seconds up to 3600.")
    key = environment.get(f"{prefix}_KEY", "").strip()
    if not (key.isascii() and key.isprintable()):
        return ServerSettings(None, f"{prefix}_KEY contains invalid characters.")
    return ServerSettings(ChatServer(url, model, key, given), "")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _unwanted_parameter(body: bytes) -> str:
    """`error.param` of a refusal, or an empty string."""
    try:
        error = json.loads(body)["error"]
        return str(error.get("param") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def _pause_of(header: str) -> float:
    """Seconds of a Retry-After; dates are ignored, since few servers send them."""
    return min(float(header), LONGEST_PAUSE_SECONDS) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", header) else 0.0
