"""Table of pages: one row per method of each route in the zone SITE (pages, fragments of htmx, downloads).

A new page needs a row in tests/pages/<its app>.py, in a list named ROWS, which is found automatically:

ROWS = [
    page("things/", owns=a_listed_thing),
    page("things/<uuid>/", owns=a_thing),
    fragment("things/<uuid>/state/", owns=a_thing),
    file("things/<uuid>/download/", owns=a_thing),
    post("things/<uuid>/delete/", owns=a_thing),
    post("things/", body={"name": "new"}),
    page("pricing/", access="anybody"),
    page("library/", access="anybody", owns=a_listed_thing),  # everybody sees the page, the account's members their own things on it
]

def a_thing(account): return Owned(path={"uuid": make_thing(account, name="Ada's thing").uuid.hex}, shown=("Ada's thing",))
"""

import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

import tests.pages
from apps.accounts.models import Account
from apps.accounts.roles import Permission
from apps.core import zones
from tests.routes.table import _plain

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Access = Literal["members", "people", "anybody"]
"""People that get the page. members: of an account, with the row's permission; people: who are logged in; anybody: visitors too."""
Kind = Literal["page", "fragment", "file", "post"]


@dataclass(frozen=True)
class Owned:
    """Object of an account: its path parameters, and texts that only members of the account may read."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    """Texts that the owner's page shows."""
    hidden: tuple[str, ...] = ()
    """Further texts that nobody else may read, whether the owner's page shows them or not."""


@dataclass(frozen=True)
class PageRow:
    """One method of one page."""

    path: str
    """Path without its first slash and without converters: `dashboard/jobs/<uuid>/`."""
    method: str
    kind: Kind
    owns: Callable[[Account], Owned] | None
    """Creates an object of the account; None if the page is the same for everybody."""
    access: Access
    permission: Permission | None
    at: dict[str, str]
    """Path parameters that no object fills."""
    query: dict[str, str]
    body: dict[str, Any]
    """Form of a POST; bytes are sent as files."""
    status: int
    """Status of the owner's valid request."""
    stranger: int
    """Status of the same request by a member of another account: 404 where the path names an object."""
    visitor: int
    """Status of the same request without a session: 302 to the login, unless anybody may see the page."""
    queries: int
    """Most database queries of the owner's request, those of session and member included."""
    container: str
    """Element that a fragment is put into, since table rows and list items are valid only there."""

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"

    def ask(self, client: Client, owned: Owned, *, method: str = "", headers: dict[str, str] | None = None) -> Any:
        """Response to this row's request by a client, with this or another method."""
        filled = {**self.at, **owned.path}
        path = "/" + re.sub(r"<(\w+)>", lambda found: filled[found[1]], self.path)
        query = {**self.query, **owned.query}
        method, body = method or self.method, {**self.body, **owned.body}
        if method == "GET":
            return client.get(path, query, headers=headers)
        if method == "POST":
            form = {name: SimpleUploadedFile(f"{name}.bin", value) if isinstance(value, bytes) else value for name, value in body.items()}
            return client.post(path, form, query_params=query, headers=headers)
        return client.generic(method, path, headers=headers)


def page(path: str, **given: Any) -> PageRow:
    """A whole page: valid HTML with a title and one h1."""
    return _row(path, "GET", "page", **given)


def fragment(path: str, **given: Any) -> PageRow:
    """Part of a page, which htmx or a script loads."""
    return _row(path, "GET", "fragment", **given)


def file(path: str, **given: Any) -> PageRow:
    """A download: CSV, audio, a redirect."""
    return _row(path, "GET", "file", **given)


def post(path: str, **given: Any) -> PageRow:
    """A form: 302 to a page when it succeeds."""
    return _row(path, "POST", "post", **{"status": 302, **given})


def _row(
    path: str,
    method: str,
    kind: Kind,
    *,
    owns: Callable[[Account], Owned] | None = None,
    access: Access = "members",
    permission: Permission | None = None,
    at: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
    status: int = 200,
    stranger: int | None = None,
    visitor: int | None = None,
    queries: int = 20,
    container: str = "div",
) -> PageRow:
    """See PageRow for the fields."""
    if access == "members" and permission is None:
        permission = Permission.CHANGE if method == "POST" else Permission.READ
    if stranger is None:
        stranger = 404 if "<" in path and owns is not None else status
    if visitor is None:
        visitor = status if access == "anybody" else 302
    return PageRow(
        path, method, kind, owns, access, permission, at or {}, query or {}, body or {}, status, stranger, visitor, queries, container
    )


def all_rows() -> list[PageRow]:
    """Rows of every module of this folder that has ROWS."""
    modules = (
        import_module(f"{tests.pages.__name__}.{found.name}")
        for found in pkgutil.iter_modules(tests.pages.__path__)
        if not found.name.startswith("test_")
    )
    return [found for module in modules for found in getattr(module, "ROWS", [])]


@dataclass(frozen=True)
class PageRoute:
    """Route of the zone SITE."""

    path: str
    view: Any

    @property
    def methods(self) -> list[str]:
        """Methods that need rows: those that the view says it answers; none if it does not say, and any row will do."""
        if self.view.__module__.startswith("allauth."):
            return []
        view_class = getattr(self.view, "view_class", None)
        said = getattr(self.view, "methods", None) or [name for name in METHODS if view_class and hasattr(view_class, name.lower())]
        return list(said)

    @property
    def file(self) -> str:
        """Path of the test file to which the route's rows belong."""
        return f"tests/pages/{self.view.__module__.split('.')[1]}.py"


def site_routes() -> list[PageRoute]:
    """All routes of the zone SITE."""
    found = [route for route in get_resolver().url_patterns if getattr(route, "zone", None) is zones.SITE]
    return [PageRoute(path, view) for path, view in _walk(found, "")]


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback
