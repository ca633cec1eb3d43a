"""Route walker: no key, an invalid key, a missing scope, another account's object, an unsupported method."""

import json
from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from apps.accounts.models import Account
from apps.accounts.scopes import SCOPES
from apps.accounts.throttles import RequestsPerMinute
from apps.billing.models import LedgerEntry
from apps.core.deferred import Deferred
from apps.core.dialects import PLATFORM, REQUEST_ID, dialect_of
from apps.jobs.kinds import job_kinds
from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.factories import make_key
from tests.routes.shown_errors import read_error
from tests.routes.table import METHODS, Owned, Row, all_rows, other_routes, routes_below
from tests.walking import walk_undone

pytestmark = pytest.mark.usefixtures("_platform")

ROWS = all_rows()
NOTHING = Owned()
PREFIXES = ("/v1/", "/api/v1/")
WRONG_KEY = "sk-tts-" + "0" * 43


def owned_by(account: Account, row: Row) -> Owned:
    return row.owns(account) if row.owns else NOTHING


def error_of(answer: Any) -> tuple[int, str]:
    dialect = dialect_of(answer.request["PATH_INFO"])
    error = read_error(answer.request["PATH_INFO"], answer.headers, answer.json())
    assert error.message
    assert error.request_id == answer.headers[dialect.header_name(REQUEST_ID)]
    return answer.status_code, error.code


def count_rows() -> list[int]:
    """Rows that a request may create: a refused one changes none of these numbers."""
    return [model.objects.count() for model in (Job, Upload, LedgerEntry)]


def check_jobs_of(account: Account) -> None:
    """Assert that every job of the account has a declared kind, and only parameters that the kind declares."""
    for job in Job.objects.filter(account=account):
        assert job.kind in job_kinds()
        assert set(job.params) <= {one.name for one in fields(job_kinds()[job.kind].params)}


def check_form_of(answer: Any) -> None:
    """Assert that a JSON response is an object or a list, and that the headers of every response are there."""
    if answer.status_code == 200 and answer.headers.get("Content-Type") == "application/json" and not answer.streaming:
        assert isinstance(json.loads(answer.content), dict | list)
    dialect = (
        PLATFORM if isinstance(answer, Deferred) else dialect_of(answer.request["PATH_INFO"])
    )  # the shell renames headers of deferred ones
    named = (REQUEST_ID, "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    assert {dialect.header_name(name) for name in named} <= set(answer.headers)


def content_of(answer: Any) -> str:
    return bytes(answer.content).decode()


def test_every_route_has_its_cases_and_every_case_its_route() -> None:
    routes = [*routes_below("v1/"), *other_routes()]
    there = {f"{method} {route.path}": route.file for route in routes for method in route.methods}
    rows = [str(row) for row in ROWS]
    assert len(rows) == len(set(rows)), "a row stands there twice"
    missing = [
        f'{file}: row("{name.split()[1]}", "{name.split()[0]}", scope=…, owns=…)' for name, file in there.items() if name not in rows
    ]
    assert not missing, "routes without cases; tests/routes/table.py tells how to add a row:\n" + "\n".join(sorted(missing))
    assert not set(rows) - set(there), "rows of routes that are gone"


def test_both_prefixes_lead_to_the_same_views() -> None:
    first, second = ({route.path: route.view for route in routes_below(prefix)} for prefix in ("v1/", "api/v1/"))
    assert first == second
    assert first


def check_refusals(row: Row, owner: Account) -> None:
    owned = owned_by(owner, row)
    before = count_rows()
    for prefix in PREFIXES:
        if row.key == "needed":
            answer = row.ask(owned, prefix=prefix)
            assert error_of(answer) == (401, "missing_api_key")
            assert answer.headers["WWW-Authenticate"] == dialect_of(answer.request["PATH_INFO"]).challenge
        assert error_of(row.ask(owned, prefix=prefix, secret=WRONG_KEY)) == (401, "invalid_api_key")
    if row.scope:
        _, secret = make_key(owner, scopes=[scope for scope in SCOPES if scope != row.scope])
        assert error_of(row.ask(owned, secret=secret)) == (403, "missing_scope")
    assert count_rows() == before


def test_request_without_a_valid_key_or_its_scope_is_refused(owner: Account) -> None:
    walk_undone([row for row in ROWS if row.key != "ignored"], lambda row: check_refusals(row, owner), at_least=174)


def check_status(row: Row, owner: Account, *, secret: str = "") -> None:
    assert row.ask(owned_by(owner, row), secret=secret).status_code == row.status


def test_public_routes_answer_without_a_key(owner: Account) -> None:
    walk_undone([row for row in ROWS if row.key != "needed"], lambda row: check_status(row, owner), at_least=25)


def test_routes_that_ignore_keys_accept_an_invalid_one(owner: Account) -> None:
    walk_undone([row for row in ROWS if row.key == "ignored"], lambda row: check_status(row, owner, secret=WRONG_KEY), at_least=14)


@cache
def views() -> dict[str, Any]:
    """View of each route by its path."""
    return {route.path: route.view for route in (*other_routes(), *routes_below("v1/"))}


def check_service(row: Row, owner: Account) -> None:
    _, secret = make_key(owner, scopes=[row.scope], requests_per_minute_by_scope={row.scope: 1})
    owned = owned_by(owner, row)
    answer = row.ask(owned, secret=secret)
    assert answer.status_code == row.status, answer.content
    check_jobs_of(owner)
    check_form_of(answer)
    if RequestsPerMinute in views()[row.path].cls.throttle_classes:  # polls count by address alone
        assert error_of(row.ask(owned, secret=secret)) == (429, "rate_limit_exceeded")


def test_request_with_the_required_scope_is_served_up_to_its_limit(owner: Account) -> None:
    walk_undone([row for row in ROWS if row.scope], lambda row: check_service(row, owner), at_least=167)


def check_ownership(row: Row, owner: Account, outsider: Account) -> None:
    owned = owned_by(owner, row)
    (_, owners), (_, strangers) = make_key(owner), make_key(outsider)
    stranger = row.ask(owned, secret=strangers)
    if owned.shown:
        assert stranger.status_code == row.status
        assert owned.shown not in content_of(stranger)
    elif row.stranger >= 400:
        assert error_of(stranger)[0] == row.stranger
    else:
        assert stranger.status_code == row.stranger
    own = row.ask(owned, secret=owners)  # after the stranger, who must not have removed it
    assert own.status_code == row.status, own.content
    assert owned.shown in content_of(own)


def test_an_account_reads_and_changes_only_its_own_objects(owner: Account, outsider: Account) -> None:
    walk_undone([row for row in ROWS if row.owns], lambda row: check_ownership(row, owner, outsider), at_least=88)


def check_methods(path: str, owner: Account) -> None:
    there = {row.method for row in ROWS if row.path == path}
    row = next(row for row in ROWS if row.path == path)
    limits = {row.scope: 100} if row.scope else {}  # above the dialect's default of a few requests a minute
    owned, (_, secret) = owned_by(owner, row), make_key(owner, requests_per_minute_by_scope=limits)
    for method in sorted(set(METHODS) - there):
        answer = row.ask(owned, secret=secret, method=method)
        assert error_of(answer) == (405, "method_not_allowed")
        allowed = {name.strip() for name in answer.headers["Allow"].split(",")}
        assert there <= allowed
        assert method not in allowed


def test_unsupported_methods_are_a_405(owner: Account) -> None:
    walk_undone(sorted({row.path for row in ROWS}), lambda path: check_methods(path, owner), at_least=159)


def check_form(row: Row, owner: Account) -> None:
    _, secret = make_key(owner)
    check_form_of(row.ask(owned_by(owner, row), secret=secret))


def test_the_answer_is_json_or_what_the_schema_says(owner: Account) -> None:
    rows = [row for row in ROWS if not row.scope]  # the others are checked where they are served with their scope
    walk_undone(rows, lambda row: check_form(row, owner), at_least=21)
