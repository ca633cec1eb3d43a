"""Tickets for WebSockets: used once, in the query or as a subprotocol, and as long as their key."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from websockets.exceptions import InvalidStatus

from apps.accounts import ws_tickets
from apps.accounts.models import ApiKey, Membership, Role
from apps.accounts.selectors import digest_of, find_present_members
from apps.accounts.services.keys import revoke_key
from apps.core.valkey import client
from tests.factories import MembershipFactory, bearer, make_key
from tests.web import test_sockets
from tests.web.shell import RunningShell, running_shell
from tests.web.test_sockets import ending, open_socket, refusal
from ttsai.web.sockets import router

shell = test_sockets.shell


def test_tickets_are_created_by_keys_alone(transactional_db: None) -> None:
    _, secret = make_key()
    answer = Client().post("/v1/ws-tickets/", headers=bearer(secret))
    assert answer.status_code == 200
    assert answer.json()["ticket"].startswith("wst_")
    assert 0 < answer.json()["expires_at"] - time.time() <= 61
    assert answer.headers["Cache-Control"] == "no-store"
    assert Client().post("/v1/ws-tickets/").status_code == 401


def test_ticket_in_the_query_opens_one_connection_of_its_key(shell: RunningShell) -> None:
    key, _ = make_key()
    ticket = ws_tickets.create_ticket(key).value
    with open_socket(shell, f"/v1/named/me/?ticket={ticket}") as connection:
        assert connection.recv(timeout=60) == f"account:{key.account_id}"
    assert refusal(shell, f"/v1/named/me/?ticket={ticket}") == (401, "invalid_ticket")


def test_ticket_as_a_subprotocol_is_answered_with_the_other_one(shell: RunningShell) -> None:
    key, _ = make_key()
    names = [ws_tickets.SUBPROTOCOL, f"{ws_tickets.SUBPROTOCOL}.{ws_tickets.create_ticket(key).value}"]
    with open_socket(shell, "/v1/quiet/", subprotocols=names) as connection:
        assert connection.subprotocol == "ttsai-ticket"


def test_ticket_ends_with_its_key_and_has_its_scopes(shell: RunningShell) -> None:
    key, _ = make_key(scopes=["stt:transcribe"])
    assert refusal(shell, f"/v1/named/me/?ticket={ws_tickets.create_ticket(key).value}") == (403, "missing_scope")
    ticket = ws_tickets.create_ticket(key).value
    revoke_key(ApiKey.objects.get(pk=key.pk))
    assert refusal(shell, f"/v1/echo/?ticket={ticket}") == (401, "invalid_ticket")


@pytest.mark.parametrize("ticket", ["x", "wst_" + "%C3%A9" * 43, "wst_" + "a" * 43])
def test_wrong_ticket_is_refused_even_beside_a_right_key(shell: RunningShell, ticket: str) -> None:
    _, secret = make_key()
    with pytest.raises(InvalidStatus) as refused, open_socket(shell, f"/v1/echo/?ticket={ticket}", secret=secret):
        pass
    assert refused.value.response.status_code in {400, 401}


def test_ticket_is_stored_by_its_digest_and_for_a_minute(transactional_db: None) -> None:
    key, _ = make_key()
    ticket = ws_tickets.create_ticket(key).value
    ttl = int(str(client().ttl(f"ws-ticket:{digest_of(ticket)}")))
    assert 0 < ttl <= ws_tickets.TICKET_SECONDS


@pytest.fixture
def membership(transactional_db: None) -> Membership:
    return MembershipFactory(role=Role.DEVELOPER)


def ask_by_session(membership: Membership) -> Any:
    browser = Client()
    browser.force_login(membership.user)
    return browser.post("/web/v1/ws-tickets/")


def test_ticket_of_a_session_opens_one_connection_of_its_account(shell: RunningShell, membership: Membership) -> None:
    ticket = ws_tickets.create_ticket_of_member(membership.account, membership.user).value
    with open_socket(shell, f"/v1/named/me/?ticket={ticket}") as connection:
        assert connection.recv(timeout=60) == f"account:{membership.account_id}"
    assert refusal(shell, f"/v1/named/me/?ticket={ticket}") == (401, "invalid_ticket")


def test_ticket_of_a_session_has_the_scopes_of_the_role_at_its_use(shell: RunningShell, membership: Membership) -> None:
    ticket = ws_tickets.create_ticket_of_member(membership.account, membership.user).value
    Membership.objects.update(role=Role.VIEWER)
    assert refusal(shell, f"/v1/named/me/?ticket={ticket}") == (403, "missing_scope")


def test_ticket_of_a_person_who_left_the_account_is_invalid(shell: RunningShell, membership: Membership) -> None:
    ticket = ws_tickets.create_ticket_of_member(membership.account, membership.user).value
    membership.delete()
    assert refusal(shell, f"/v1/echo/?ticket={ticket}") == (401, "invalid_ticket")


def test_connection_of_a_person_who_leaves_the_account_is_closed(
    membership: Membership, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "RENEW_SECONDS", 0.1)
    settings.ROOT_URLCONF, settings.TTSAI_SOCKET_ROUTES = "tests.web.urls", ["tests.web.sockets.ROUTES"]
    ticket = ws_tickets.create_ticket_of_member(membership.account, membership.user).value
    with running_shell() as shell, open_socket(shell, f"/v1/named/me/?ticket={ticket}") as connection:
        connection.recv(timeout=60)
        assert find_present_members([(membership.account_id, membership.user_id), (1, 2)]) == {(membership.account_id, membership.user_id)}
        membership.delete()
        assert json.loads(connection.recv(timeout=60))["error"]["code"] == "not_a_member"
        assert ending(connection) == (1008, "not_a_member")


def test_only_members_of_an_account_get_tickets_by_session(membership: Membership) -> None:
    assert ask_by_session(membership).status_code == 200
    assert Client().post("/web/v1/ws-tickets/").status_code == 401
    membership.delete()
    assert ask_by_session(membership).status_code == 403
