"""Walker of the pages: two accounts, visitors, roles, forms without a token, other methods, and valid HTML in few queries."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Account, Role
from apps.accounts.roles import has_permission
from tests.pages.conftest import OWNERS_NAMES, People
from tests.pages.html_checks import find_problems
from tests.pages.table import Owned, PageRow, all_rows, site_routes
from tests.walking import walk_undone

pytestmark = pytest.mark.usefixtures("_platform")

ROWS = all_rows()
LOGIN = "/account/login/"
MESSAGES = {"messages", "_messages"}
"""Cookie and key of the session in which Django keeps messages for the next page."""
FIRST_OF_PERMISSION = {
    str(row)
    for row in {
        (row.path.split("/")[:2][-1], row.permission): row for row in reversed(ROWS) if row.method == "GET" and row.access == "members"
    }.values()
}
"""One page for each section and permission: what all permitted roles may read there, they may read on the section's other pages."""


def owned_by(account: Account, row: PageRow) -> Owned:
    return row.owns(account) if row.owns else Owned()


def text_of(answer: Any) -> str:
    """Body and headers of a response, in which names of an account might stand. Files of a deferred one are not read."""
    body = b"" if answer.streaming or not hasattr(answer, "content") else bytes(answer.content)
    return body.decode(errors="replace") + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())


def check_secrets(answer: Any, owned: Owned) -> None:
    """Assert that the response holds nothing of the owner's."""
    text = text_of(answer)
    for secret in (*OWNERS_NAMES, *owned.shown, *owned.hidden):
        assert secret not in text or secret in owned.path.values()  # who asked for it knows the id


def test_every_page_has_a_row_and_every_row_its_page() -> None:
    routes = site_routes()
    rows = [str(row) for row in ROWS]
    assert len(rows) == len(set(rows)), "a row stands there twice"
    covered = {row.path for row in ROWS}
    missing = [
        f'{route.file}: {"post" if method == "POST" else "page"}("{route.path}", owns=…)'
        for route in routes
        for method in route.methods or ["GET"]
        if (f"{method} /{route.path}" not in rows if route.methods else route.path not in covered)
    ]
    assert not missing, "pages without rows; tests/pages/table.py tells how to add one:\n" + "\n".join(sorted(missing))
    paths = {route.path for route in routes}
    assert covered <= paths, "rows of pages that are gone"


def check_public_page(row: PageRow, people: People) -> None:
    owned = owned_by(people.owner, row)
    visitor, member = Client(), people.member()
    others = [(visitor, row.visitor)]
    if row.owns or row.stranger != row.status:
        others.append((people.stranger(), row.stranger))
    for client, status in others:
        answer = row.ask(client, owned)
        assert answer.status_code == status, text_of(answer)[:500]
        check_secrets(answer, owned)
    check_token(row, owned, client=member)
    check_own(row, owned, client=member)
    if row.status == 302 and row.visitor == 200:  # people who are logged in are led on: the page is the visitors'
        check_page(row, owned, client=visitor)
    else:
        check_page(row, owned, client=member)


def test_a_public_page_shows_what_is_an_accounts_own_to_its_members_only(people: People) -> None:
    rows = [row for row in ROWS if row.access == "anybody"]
    walk_undone(rows, lambda row: check_public_page(row, people), at_least=66)


def check_private_page(row: PageRow, people: People) -> None:
    owned = owned_by(people.owner, row)
    check_visitor(row, owned)
    member = people.member()
    check_token(row, owned, client=member)
    if row.access == "members":
        check_stranger(row, owned, stranger=people.stranger())
        check_roles(row, owned, people=people)
        check_methods(row, owned, client=member)
    check_own(row, owned, client=member)  # after all others, who must not have changed or removed it
    check_page(row, owned, client=member)


def test_visitors_other_accounts_other_roles_and_forms_without_a_token_get_nothing(people: People) -> None:
    rows = [row for row in ROWS if row.access != "anybody"]
    walk_undone(rows, lambda row: check_private_page(row, people), at_least=118)


def check_own(row: PageRow, owned: Owned, *, client: Client) -> None:
    """Assert that the member gets the row's page, with what is the account's own."""
    own = row.ask(client, owned)
    assert own.status_code == row.status, text_of(own)[:500]
    for text in owned.shown:
        assert text in text_of(own)


def check_token(row: PageRow, owned: Owned, *, client: Client) -> None:
    """Assert that a form without the token is refused."""
    if row.method == "POST":
        client.handler.enforce_csrf_checks = True
        assert row.ask(client, owned).status_code == 403, "a form without the token"
        client.handler.enforce_csrf_checks = False


def check_visitor(row: PageRow, owned: Owned) -> None:
    """Assert that a visitor is sent to the login, by a redirect or by htmx, and reads nothing."""
    visitor = Client()
    answer = row.ask(visitor, owned)
    assert answer.status_code == row.visitor, "a visitor"
    check_secrets(answer, owned)
    part = row.ask(visitor, owned, headers={"HX-Request": "true"})
    check_secrets(part, owned)
    if row.visitor == 302:
        check_login(answer.headers["Location"], path=answer.request["PATH_INFO"], is_page=row.method == "GET")
        if row.access == "members":  # pages of a person are loaded whole
            assert (part.status_code, urlsplit(part.headers["HX-Redirect"]).path) == (200, LOGIN)


def check_login(location: str, *, path: str, is_page: bool) -> None:
    """Assert that the redirect leads to the login, and from there to a page of this site."""
    parts = urlsplit(location)
    (back,) = parse_qs(parts.query)["next"]
    assert (parts.netloc, parts.path) == ("", LOGIN)
    assert back.startswith("/")
    assert not back.startswith("//")
    assert not is_page or urlsplit(back).path == path


def check_stranger(row: PageRow, owned: Owned, *, stranger: Client) -> None:
    """Assert that a member of another account reads nothing, now or in a message of the next page."""
    answer = row.ask(stranger, owned)
    assert answer.status_code == row.stranger, ("a member of another account", text_of(answer)[:500])
    check_secrets(answer, owned)
    if row.method == "POST" and MESSAGES & {*stranger.cookies, *stranger.session.keys()}:
        check_secrets(stranger.get("/dashboard/"), owned)


def check_roles(row: PageRow, owned: Owned, *, people: People) -> None:
    """Assert that members without the permission are refused, and that those with it read the first page of each app that asks for it."""
    assert row.permission is not None
    for role in (Role.VIEWER, Role.BILLING, Role.DEVELOPER):
        if not has_permission(role, row.permission):
            answer = row.ask(people.member(role), owned)
            assert answer.status_code == 403, role
            assert not [text for text in (*owned.shown, *owned.hidden) if text in text_of(answer) and text not in owned.path.values()]
        elif str(row) in FIRST_OF_PERMISSION:
            assert row.ask(people.member(role), owned).status_code == row.status, role


def check_methods(row: PageRow, owned: Owned, *, client: Client) -> None:
    """Assert that a method without a row is refused."""
    if next(other for other in ROWS if other.path == row.path) is not row:
        return  # once a path
    for method in sorted({"GET", "POST", "DELETE"} - {other.method for other in ROWS if other.path == row.path}):
        assert row.ask(client, owned, method=method).status_code == 405, method


def check_page(row: PageRow, owned: Owned, *, client: Client) -> None:
    """Assert that a page or fragment, asked for once more, is valid HTML in few queries."""
    if row.kind not in {"page", "fragment"}:
        return
    with CaptureQueriesContext(connection) as captured:
        answer = row.ask(client, owned)
    if answer.headers["Content-Type"].startswith("text/html") and answer.status_code != 302:
        problems = find_problems(answer.content.decode(), is_fragment=row.kind == "fragment", container=row.container)
        assert not problems, "\n".join(problems)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
    statements = [query["sql"] for query in captured.captured_queries]
    assert len(statements) <= row.queries, "\n".join(sorted(statements))
