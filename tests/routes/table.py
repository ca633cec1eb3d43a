"""Table of routes: one row per method, with access, request and owned object.

A new route needs a row in tests/routes/<its app>.py, in a list named ROWS, which is found automatically:

ROWS = [row("things/", "GET", scope="things:read", owns=listed_thing), row("things/<uuid>/", "PATCH", scope="things:write", owns=a_thing,
body={"name": "new"})]

def a_thing(account): return Owned(path={"uuid": str(make_thing(account).uuid)})
"""

import gc
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver

import tests.routes
from apps.accounts.models import Account
from apps.core.deferred import Deferred
from apps.core.zones import SITE
from tests.factories import bearer

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Key = Literal["needed", "optional", "ignored"]
"""Use of keys. needed: 401 without one; optional: an invalid one is 401; ignored: like a download, which any client may fetch."""


@dataclass(frozen=True)
class Owned:
    """Object of an account, and its path parameters."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    shown: str = ""
    """Text that only the owner's response may contain: for lists, whose paths name no object."""


@dataclass(frozen=True)
class Row:
    """One method of one route."""

    path: str
    """Path below /v1/ without converters: `webhooks/<uuid>/`. With a leading slash for routes elsewhere."""
    method: str
    scope: str | None
    """Scope that a restricted key needs; None if any key will do."""
    owns: Callable[[Account], Owned] | None
    """Creates an object of the account; None if the route shows and changes nobody's objects, or only creates new ones."""
    key: Key
    at: dict[str, str]
    """Path parameters that no object fills."""
    query: dict[str, str]
    body: Any
    """Valid body: a dictionary is sent as JSON, or as a form if a value is bytes; bytes are sent as they are."""
    status: int
    """Status of the owner's valid request."""
    stranger: int
    """Status of the same request with an outsider's key: 404, unless anybody who has the URL may see it."""
    headers: dict[str, str]
    """Headers that the method needs, beside the key's."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, owned: Owned, *, prefix: str = "/v1/", secret: str = "", method: str = "") -> Any:
        """Response to this row's request, with or without a key, with this or another method."""
        filled = {**self.at, **owned.path}
        below = re.sub(r"<(\w+)>", lambda found: filled[found[1]], self.path)
        body, kind = _encoded(self.body, extra=owned.body)
        gc.freeze()  # so that _let_go searches only what this request leaves
        answer = Client().generic(
            method or self.method,
            below if below.startswith("/") else prefix + below,
            body,
            self.headers.get("Content-Type", kind),
            headers={**self.headers, **(bearer(secret) if secret else {})},
            query_params={**self.query, **owned.query},
        )
        _let_go(answer)
        return answer


def row(
    path: str,
    method: str,
    *,
    scope: str | None,
    owns: Callable[[Account], Owned] | None,
    key: Key = "needed",
    at: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: Any = None,
    status: int = 200,
    stranger: int = 404,
    headers: dict[str, str] | None = None,
) -> Row:
    """Create a row; see Row for the fields."""
    return Row(path, method, scope, owns, key, at or {}, query or {}, body, status, stranger, headers or {})


def all_rows() -> list[Row]:
    """Rows of every module of this folder that has ROWS."""
    modules = (import_module(f"{tests.routes.__name__}.{found.name}") for found in pkgutil.iter_modules(tests.routes.__path__))
    return [found for module in modules for found in getattr(module, "ROWS", [])]


@dataclass(frozen=True)
class Route:
    """One entry of the URL table."""

    path: str
    view: Any

    @property
    def methods(self) -> list[str]:
        """Methods that the view answers; OPTIONS and HEAD follow from these."""
        cls = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        return [method for method in METHODS if hasattr(cls, method.lower())] if cls else ["GET"]

    @property
    def file(self) -> str:
        """Path of the test file to which the route's rows belong."""
        parts = self.view.__module__.split(".")
        return f"tests/routes/{'_'.join(parts[1:-1]) or parts[0]}.py"


def routes_below(prefix: str) -> list[Route]:
    """Routes below a prefix, without the admin: tests/routes/test_admin.py walks it."""
    found = [Route(path.removeprefix(prefix), view) for path, view in _walk(get_resolver().url_patterns, "") if path.startswith(prefix)]
    return [route for route in found if not route.path.startswith("admin/")]


def other_routes() -> list[Route]:
    """List the routes below neither prefix of the API, without the product's pages: tests/pages/ walks them."""
    without_pages = [pattern for pattern in get_resolver().url_patterns if getattr(pattern, "zone", None) is not SITE]
    routes = [Route(f"/{path}", view) for path, view in _walk(without_pages, "")]
    return [route for route in routes if not route.path.startswith(("/v1/", "/api/v1/", "/web/v1/", "/admin/"))]


def admin_paths() -> set[str]:
    """List the paths below /admin/, relative to it."""
    return {path.removeprefix("admin/") for path, _ in _walk(get_resolver().url_patterns, "") if path.startswith("admin/")}


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def _plain(pattern: str) -> str:
    """Converters and groups as `<name>`."""
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", named).removeprefix("^").removesuffix("$").removesuffix("?")


def _let_go(answer: Any) -> None:
    """Close the files of a deferred response, which Django's test client does not await."""
    if isinstance(answer, Deferred):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            del answer.resolve
            gc.collect()


def _encoded(body: Any, *, extra: dict[str, Any]) -> tuple[bytes, str]:
    if body is None and not extra:
        return b"", "application/json"
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    values = {**(body or {}), **extra}
    if any(isinstance(value, bytes) for value in values.values()):
        form = {name: SimpleUploadedFile("audio.wav", value) if isinstance(value, bytes) else value for name, value in values.items()}
        return encode_multipart(BOUNDARY, form), MULTIPART_CONTENT
    return DjangoJSONEncoder().encode(values).encode(), "application/json"
