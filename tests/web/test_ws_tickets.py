"""Tickets for WebSockets: used once, in the query or as a subprotocol, and as long as their key."""

import time

import pytest
from django.test import Client
from websockets.exceptions import InvalidStatus

from apps.accounts import ws_tickets
from apps.accounts.models import ApiKey
from apps.accounts.selectors import digest_of
from apps.accounts.services.keys import revoke_key
from apps.core.valkey import client
from tests.factories import bearer, make_key
from tests.web import test_sockets
from tests.web.shell import RunningShell
from tests.web.test_sockets import open_socket, refusal

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
        assert connection.recv(timeout=20) == f"account:{key.account_id}"
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
