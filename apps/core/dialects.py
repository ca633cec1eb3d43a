"""API dialects: per URL prefix, how clients send their key and how answers and errors are written.

A vendor's folder in apps/compat/ declares one in its `dialect.py`. Nothing here needs a request, so the ASGI shell uses it for the
requests that it refuses before Django runs.

Two APIs may have the same path, such as `/v1/models`. It is a shared path of one of them, whose routes for it lie below its home
(`/elevenlabs/v1/models/`): a request with that API's own key header is moved there before its route is looked up, so that everything
else knows a dialect by the path alone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from apps.core.errors import ApplicationError
from apps.core.ids import request_id_from

REQUEST_ID: Final = "X-Request-Id"


@dataclass(frozen=True, slots=True)
class KeyHeader:
    """Request header with an API key, after a scheme such as Bearer if it has one."""

    name: str
    scheme: str = ""
    key: str = "sk-tts-…"
    """Key of the example."""
    other_scheme: str = ""
    """Another scheme that is accepted in place of the first."""

    @property
    def example(self) -> str:
        """The header as a client writes it."""
        return f"{self.name}: {self.scheme} {self.key}" if self.scheme else f"{self.name}: {self.key}"

    def read(self, meta: Mapping[str, Any]) -> str | None:
        """The key in the request's META; None without the header, empty if it has another scheme or no value."""
        value = meta.get(_meta_name(self.name))
        if value is None:
            return None
        if not self.scheme:
            return str(value).strip()
        scheme, _, secret = str(value).strip().partition(" ")
        return secret.strip() if scheme.lower() in {self.scheme.lower(), self.other_scheme.lower()} - {""} else ""

    def write(self, secret: str) -> dict[str, str]:
        """The META of a request that has the key in this header."""
        return {_meta_name(self.name): f"{self.scheme} {secret}" if self.scheme else secret}


AUTHORIZATION: Final = KeyHeader("Authorization", "Bearer")
API_KEY: Final = KeyHeader("X-API-Key")

ErrorRenderer = Callable[[ApplicationError, str], tuple[int, Any]]
"""(error, request id) -> the status and the JSON body of the answer."""


def render_platform_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    """The platform's error, which is also OpenAI's: an object `error` with message, type, code and param."""
    body = {
        "error": {
            "message": error.message or "The request failed.",  # the official SDK needs a non-empty one
            "type": error.type,
            "code": error.code,
            "param": error.param,
            "request_id": request_id,
        },
        **error.extra,
    }
    return error.status, body


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dialect:
    """The conventions of one API. The defaults are the platform's own."""

    name: str
    roots: tuple[str, ...] = ()
    """Addresses at which the URL configuration is included: `/v1/`."""
    paths: tuple[str, ...] = ()
    """Paths below each root that belong to the dialect, unknown routes below them included: `audio/`."""
    addresses: tuple[str, ...] = ()
    """Further prefixes of the dialect, below none of its roots, such as those of WebSocket routes: `/ws/`."""
    shared_paths: tuple[str, ...] = ()
    """Paths below each root that other APIs have too. They are routed below `home`."""
    home: str = ""
    """Prefix of the routes of shared paths, at which they can be reached and documented without doubt: `/elevenlabs/`."""
    own_key_headers: tuple[KeyHeader, ...] = ()
    """Headers that no API with the same paths uses: a request to a shared path that has one of them is this dialect's."""
    urlconf: str = ""
    """Module with the dialect's `urlpatterns`, relative to each root, and to `home` for the shared paths."""
    key_headers: tuple[KeyHeader, ...] = (AUTHORIZATION, API_KEY)
    """Headers in which a key is accepted; the first one that is present counts. A key in the query is never read."""
    anonymous_account_setting: str = ""
    """Name of a setting with the id of the account that requests without a key act for; 0 in the setting: none."""
    challenge: str = "Bearer"
    """WWW-Authenticate of a 401."""
    render_error: ErrorRenderer = render_platform_error
    error_schema: Mapping[str, Any] | None = None
    """OpenAPI schema of the error body; None for the platform's."""
    error_statuses: tuple[str, ...] = ()
    """Statuses that any of its operations may answer with, beside those of all operations: a body names a voice that is not there."""
    wrap_success: Callable[[Any], Any] | None = None
    """Wraps the JSON body of a success in the API's envelope; None without an envelope."""
    requests_per_minute_by_scope: Mapping[str, int] = field(default_factory=dict)
    """Limits of each scope of a key, where the key has none of its own; other requests are limited by plan and key alone."""
    header_names: Mapping[str, str] = field(default_factory=dict)
    """The API's own names of the platform's response headers: `{"X-Request-Id": "request-id"}`."""
    extra_headers: Callable[[Mapping[str, str], float], Mapping[str, str]] | None = None
    """Headers that the API has beside the platform's, from those of the response and the seconds until it began."""
    extra_header_names: tuple[str, ...] = ()
    """Names of those headers, which pages of other origins may read."""

    def __post_init__(self) -> None:
        for prefix in self.prefixes:
            if not (prefix.startswith("/") and prefix.endswith("/")):
                raise ImproperlyConfigured(f"Dialect {self.name!r}: the prefix {prefix!r} must begin and end with a slash.")

        if self.shared_paths and not (self.home and self.own_key_headers):
            raise ImproperlyConfigured(f"Dialect {self.name!r}: shared paths need a home and key headers of the dialect's own.")

    @property
    def prefixes(self) -> tuple[str, ...]:
        return (*(root + path for root in self.roots for path in self.paths), *self.addresses, *((self.home,) if self.home else ()))

    def has_own_key_header(self, meta: Mapping[str, Any]) -> bool:
        """True if the request with this META can only be meant for this API."""
        return any(header.read(meta) for header in self.own_key_headers)

    def find_secret(self, meta: Mapping[str, Any]) -> str | None:
        """The API key that a request presents; None without any of the headers."""
        found = (header.read(meta) for header in self.key_headers)
        return next((secret for secret in found if secret is not None), None)

    def header_name(self, name: str) -> str:
        """The dialect's name of one of the platform's response headers."""
        return self.header_names.get(name, name)

    def request_id_of(self, meta: Mapping[str, Any]) -> str:
        """Request id sent by the client, under either name, if it is safe in a log line; otherwise a new one."""
        names = (self.header_name(REQUEST_ID), REQUEST_ID)
        return request_id_from(next((str(meta[key]) for key in map(_meta_name, names) if key in meta), ""))

    def find_extra_headers(self, headers: Mapping[str, str], *, seconds: float) -> Mapping[str, str]:
        """Headers of this API alone, for a response with the platform's `headers`."""
        return self.extra_headers(headers, seconds) if self.extra_headers is not None else {}

    def apply_to(self, response: HttpResponseBase, *, seconds: float) -> None:
        """Add and rename headers of a finished response, and put the JSON of a success into the envelope. seconds: that the request took."""
        for name, value in self.find_extra_headers(response.headers, seconds=seconds).items():
            response.headers[name] = value
        for name, own_name in self.header_names.items():
            if name in response.headers:
                value = response.headers[name]
                del response.headers[name]
                response.headers[own_name] = value
        is_success = response.status_code < 300 and response.headers.get("Content-Type", "").startswith("application/json")
        if self.wrap_success is not None and is_success and isinstance(response, HttpResponse) and response.content:
            response.content = json.dumps(self.wrap_success(json.loads(response.content)), ensure_ascii=False).encode()
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))


PLATFORM: Final = Dialect(name="platform")


def dialect_of(path: str) -> Dialect:
    """Dialect with the longest prefix of the path, with or without its last slash; the platform's own if none matches."""
    spelled = _with_slash(path)
    return next((dialect for prefix, dialect in _by_prefix(tuple(settings.TTSAI_DIALECTS)) if spelled.startswith(prefix)), PLATFORM)


def is_shared_path(path: str) -> bool:
    """True if the dialect of the path depends on the request's headers."""
    return any(_with_slash(path).startswith(prefix) for prefix, _, _ in _shared(tuple(settings.TTSAI_DIALECTS)))


def routed_path(path: str, meta: Mapping[str, Any]) -> str:
    """Path at which a request is routed: below the home of the dialect whose own key header it has if the path is shared, else the path itself."""
    spelled = _with_slash(path)
    for prefix, root, dialect in _shared(tuple(settings.TTSAI_DIALECTS)):
        if spelled.startswith(prefix) and dialect.has_own_key_header(meta):
            return dialect.home + spelled.removeprefix(root)
    return path


def list_dialects() -> tuple[Dialect, ...]:
    """The dialects of TTSAI_DIALECTS."""
    return tuple(import_string(name) for name in settings.TTSAI_DIALECTS)


def lowest_limits_by_scope() -> dict[str, int]:
    """Requests per minute by scope of a key without limits of its own, the lowest of all dialects that limit the scope."""
    lowest: dict[str, int] = {}
    for dialect in list_dialects():
        for scope, limit in dialect.requests_per_minute_by_scope.items():
            lowest[scope] = min(limit, lowest.get(scope, limit))
    return lowest


@lru_cache(maxsize=8)
def _by_prefix(names: tuple[str, ...]) -> tuple[tuple[str, Dialect], ...]:
    found: dict[str, Dialect] = {}
    for name in names:
        dialect: Dialect = import_string(name)
        for prefix in dialect.prefixes:
            if prefix in found:
                raise ImproperlyConfigured(f"The dialects {found[prefix].name!r} and {dialect.name!r} both claim the prefix {prefix!r}.")
            found[prefix] = dialect
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


@lru_cache(maxsize=8)
def _shared(names: tuple[str, ...]) -> tuple[tuple[str, str, Dialect], ...]:
    """(prefix, its root, dialect) of every shared path."""
    dialects: list[Dialect] = [import_string(name) for name in names]
    return tuple((root + path, root, dialect) for dialect in dialects for path in dialect.shared_paths for root in dialect.roots)


def _with_slash(path: str) -> str:
    return path if path.endswith("/") else f"{path}/"


def _meta_name(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"
