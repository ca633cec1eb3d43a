"""A receiver that is there, down, wrong, gone, or leads inside: every delivery behaves as documented."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from apps.webhooks.models import Delivery, DeliveryState, Endpoint
from apps.webhooks.sender import Sender
from apps.webhooks.services import create_endpoint, record_event, replay_delivery, rotate_secret
from apps.webhooks.services.endpoints import signing_secret
from apps.webhooks.services.sending import attempt_delivery, claim_due
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db


class Receiver(ThreadingHTTPServer):
    """Keeps what it was sent; answers with the status that a test sets."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"heard")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.TTSAI_OUTBOUND_ALLOW = [f"127.0.0.1:{server.server_port}"]
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _send_one() -> Delivery:
    (delivery,) = claim_due(most=1)
    attempt_delivery(delivery)
    return Delivery.objects.get(pk=delivery.pk)


def test_a_delivery_verifies_with_the_standard_library_of_the_rules(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={"job_id": "1", "text": "Grüße"})
    delivery = _send_one()
    headers, body = receiver.received[0]
    told = Webhook(endpoint.secret).verify(body, headers)
    assert (told["type"], told["data"]) == ("job.completed", {"job_id": "1", "text": "Grüße"})
    assert headers["webhook-id"] == str(delivery)
    assert delivery.state == DeliveryState.DELIVERED
    assert [(attempt["status"], attempt["answer"]) for attempt in delivery.attempts] == [(200, "heard")]


def test_a_request_s_own_address_is_signed_with_the_account_s_secret(receiver: Receiver) -> None:
    account = AccountFactory()
    record_event(account.pk, event="job.failed", data={}, url=receiver.url)
    _send_one()
    headers, body = receiver.received[0]
    assert json.loads(body)["type"] == "job.failed"
    Webhook(signing_secret(account.pk).secret).verify(body, headers)


def test_both_secrets_sign_while_a_rotation_overlaps(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    old = endpoint.secret
    new = rotate_secret(endpoint, overlap_seconds=60)
    record_event(endpoint.account_id, event="key.revoked", data={})
    _send_one()
    headers, body = receiver.received[0]
    for secret in (old, new):
        Webhook(secret).verify(body, headers)


def test_only_the_events_asked_for_are_sent() -> None:
    account = AccountFactory()
    create_endpoint(account, url="https://example.com/a", events=["job.failed"])
    every = create_endpoint(account, url="https://example.com/b", events=[])
    create_endpoint(AccountFactory(), url="https://example.com/c", events=[])
    assert [delivery.endpoint for delivery in record_event(account.pk, event="job.completed", data={})] == [every]


def test_failures_are_tried_ten_times_with_growing_pauses(receiver: Receiver) -> None:
    receiver.status = 500
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    pauses = []
    for _ in range(10):
        delivery = _send_one()
        if delivery.next_attempt_at:
            pauses.append((delivery.next_attempt_at - timezone.now()).total_seconds())
        Delivery.objects.update(next_attempt_at=timezone.now())
    assert (delivery.state, delivery.attempt_count, len(receiver.received)) == (DeliveryState.FAILED, 10, 10)
    assert pauses == sorted(pauses)
    assert len(pauses) == 9
    assert {headers["webhook-id"] for headers, _ in receiver.received} == {str(delivery)}


def test_410_stops_at_once_and_switches_the_endpoint_off(receiver: Receiver) -> None:
    receiver.status = 410
    account = AccountFactory()
    endpoint = create_endpoint(account, url=receiver.url, events=["job.completed"])
    other = create_endpoint(account, url="https://example.com/", events=["endpoint.disabled"])
    record_event(account.pk, event="job.completed", data={})
    assert _send_one().state == DeliveryState.FAILED
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.disabled_reason) == (False, "it answered 410 Gone")
    assert list(Delivery.objects.filter(endpoint=other).values_list("event", flat=True)) == ["endpoint.disabled"]


def test_an_endpoint_that_fails_for_days_is_switched_off(receiver: Receiver) -> None:
    receiver.status = 503
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=4))
    record_event(endpoint.account_id, event="job.completed", data={})
    _send_one()
    endpoint.refresh_from_db()
    assert not endpoint.is_enabled
    assert "it has failed since" in endpoint.disabled_reason


def test_a_success_forgets_earlier_failures(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=2))
    record_event(endpoint.account_id, event="job.completed", data={})
    _send_one()
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://169.254.169.254/", "http://localhost/"])
def test_an_address_inside_is_never_called(url: str) -> None:
    endpoint = create_endpoint(AccountFactory(), url=url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    delivery = _send_one()
    assert delivery.state == DeliveryState.PENDING
    assert "may not be reached" in delivery.attempts[0]["error"]


def test_a_receiver_that_is_down_is_tried_again(settings: Any) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = ["127.0.0.1:9"]
    endpoint = create_endpoint(AccountFactory(), url="http://127.0.0.1:9/", events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    delivery = _send_one()
    assert (delivery.state, delivery.attempts[0]["error"]) == (DeliveryState.PENDING, "the address could not be reached")


def test_a_claimed_delivery_comes_back_when_its_sender_died(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    assert len(claim_due(most=5)) == 1
    assert claim_due(most=5) == []
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert _send_one().state == DeliveryState.DELIVERED


def test_a_replay_sends_the_same_message_once_more(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    first = _send_one()
    assert replay_delivery(first).state == DeliveryState.PENDING
    again = _send_one()
    assert (again.pk, again.body, len(again.attempts)) == (first.pk, first.body, 2)
    assert receiver.received[0][1] == receiver.received[1][1]


@pytest.mark.django_db(transaction=True)
def test_the_sender_takes_no_more_than_it_has_threads(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    for number in range(5):
        record_event(endpoint.account_id, event="job.completed", data={"number": number})
    sender = Sender(threads=3)
    assert sender.send_due() == 3
    sender.close()
    assert Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 3


def test_an_unknown_event_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no such event"):
        record_event(AccountFactory().pk, event="job.exploded", data={})
