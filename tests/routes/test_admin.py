"""The operator's admin: every path below /admin/ redirects non-operators to the login, whatever is sent."""

import re

import pytest
from django.test import Client

from tests.factories import AccountFactory, UserFactory, bearer, make_key
from tests.routes.table import METHODS, admin_paths
from tests.walking import walk_undone

pytestmark = pytest.mark.django_db

OPEN = {"login/"}
LEAVES = {"logout/"}
"""Ends a session, if there is one."""
PATHS = sorted(admin_paths())


def filled(path: str) -> str:
    return "/admin/" + re.sub(r"<\w+>", "1", path)


def test_the_route_walker_finds_the_admin() -> None:
    assert {*OPEN, *LEAVES, "", "password_change/", "accounts/account/", "webhooks/endpoint/<object_id>/change/"} <= {*PATHS}
    assert len(PATHS) > 100


def check_redirects(path: str, clients: list[Client], *, secret: str) -> None:
    for client in clients:
        for method in METHODS:
            answer = client.generic(method, filled(path), headers=bearer(secret))
            assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (302, "/admin/login/"), (method, path)


def test_admin_pages_redirect_non_operators_to_the_login() -> None:
    _, secret = make_key(AccountFactory())
    stranger, customer = Client(), Client()
    customer.force_login(UserFactory(is_staff=False))
    paths = [path for path in PATHS if path not in OPEN | LEAVES]
    walk_undone(paths, lambda path: check_redirects(path, [stranger, customer], secret=secret), at_least=269)
