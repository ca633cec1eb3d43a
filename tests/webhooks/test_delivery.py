"""Receivers that work, are down, slow, wrong, gone or internal: every delivery behaves as documented."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from apps.core.fair_share import FairShare
from apps.webhooks.models import Delivery, DeliveryState, Endpoint
from apps.webhooks.services import change_endpoint, create_endpoint, record_event, replay_delivery, rotate_secret, sending, signing_secret
from apps.webhooks.services.retention import forget_deliveries
from apps.webhooks.services.sending import claim_due
from tests.factories import AccountFactory
from tests.webhooks.receivers import Receiver
from tests.webhooks.sending import attempt_delivery

pytestmark = pytest.mark.django_db


def _send_one() -> Delivery:
    (delivery,) = claim_due(FairShare(usual=64, most=64), most=1)
    attempt_delivery(delivery)
    return Delivery.objects.get(pk=delivery.pk)


def test_a_delivery_verifies_with_the_standard_library_of_the_rules(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={"job_id": "1", "text": "Grüße"})
    delivery = _send_one()
    headers, body = receiver.received[0]
    reported = Webhook(endpoint.secret).verify(body, headers)
    assert (reported["type"], reported["data"]) == ("job.completed", {"job_id": "1", "text": "Grüße"})
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


def test_delivery_is_signed_with_both_secrets_during_a_rotation(receiver: Receiver) -> None:
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
def test_an_address_inside_is_never_called_even_where_a_row_holds_it(url: str) -> None:
    endpoint = create_endpoint(AccountFactory(), url="https://example.com/", events=[])
    Endpoint.objects.update(url=url)  # as a name whose server changed its mind
    record_event(endpoint.account_id, event="job.completed", data={})
    delivery = _send_one()
    assert delivery.state == DeliveryState.PENDING
    assert delivery.attempts[0]["error"] == "the URL leads to a host that may not be reached from here"


def test_a_redirect_is_not_followed_least_of_all_inside(receiver: Receiver) -> None:
    receiver.status, receiver.location = 302, "http://169.254.169.254/latest/meta-data/"
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    delivery = _send_one()
    assert (delivery.state, len(receiver.received)) == (DeliveryState.PENDING, 1)
    assert (delivery.attempts[0]["status"], delivery.attempts[0]["error"]) == (302, "status 302")


@pytest.mark.parametrize("fault", ["pause_seconds", "drip_seconds"])
def test_an_answer_that_takes_too_long_is_a_failure(fault: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.5)
    setattr(receiver, fault, 30.0 if fault == "pause_seconds" else 0.1)
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    delivery = _send_one()
    assert (delivery.state, delivery.attempts[0]["status"]) == (DeliveryState.PENDING, None)
    assert delivery.attempts[0]["error"] == "the URL took too long to answer"


def test_a_receiver_has_ten_seconds_to_answer() -> None:
    assert sending.ANSWER_SECONDS == 10


def test_an_answer_without_end_is_kept_in_part(receiver: Receiver) -> None:
    receiver.answer = b"x" * 10_000_000
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    delivery = _send_one()
    assert (delivery.state, delivery.attempts[0]["answer"]) == (DeliveryState.DELIVERED, "x" * 2048)


def test_webhook_answer_that_is_not_text_is_stored_as_readable_characters(receiver: Receiver) -> None:
    receiver.answer = b"a\x00b\xff"
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    assert _send_one().attempts[0]["answer"] == "ab\ufffd"


def test_a_receiver_that_is_down_is_tried_again(settings: Any) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = ["127.0.0.1:9"]
    endpoint = create_endpoint(AccountFactory(), url="http://127.0.0.1:9/", events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    delivery = _send_one()
    assert (delivery.state, delivery.attempts[0]["error"]) == (DeliveryState.PENDING, "the URL could not be reached")


def test_a_claimed_delivery_comes_back_when_its_sender_died(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    assert len(claim_due(FairShare(usual=64, most=64), most=5)) == 1
    assert claim_due(FairShare(usual=64, most=64), most=5) == []
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


def test_a_replay_while_an_attempt_is_under_way_is_not_lost(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    (claimed,) = claim_due(FairShare(usual=64, most=64), most=1)
    replay_delivery(claimed)
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    attempt_delivery(claimed)
    again = Delivery.objects.get(pk=claimed.pk)
    assert (again.state, len(again.attempts)) == (DeliveryState.PENDING, 1)
    assert _send_one().state == DeliveryState.DELIVERED
    assert receiver.message_ids == [str(again), str(again)]


def test_an_endpoint_that_is_removed_while_it_is_called_leaves_nothing(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    (claimed,) = claim_due(FairShare(usual=64, most=64), most=1)
    endpoint.delete()
    assert attempt_delivery(claimed).is_success
    assert not Delivery.objects.exists()


def test_an_endpoint_that_moved_is_called_where_it_is_now(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url="https://example.com/old", events=[])
    record_event(endpoint.account_id, event="job.completed", data={})
    change_endpoint(endpoint, url=receiver.url)
    delivery = _send_one()
    assert (delivery.state, delivery.url, len(receiver.received)) == (DeliveryState.DELIVERED, receiver.url, 1)


def test_a_410_of_a_webhook_url_stops_the_delivery(receiver: Receiver) -> None:
    receiver.status = 410
    record_event(AccountFactory().pk, event="job.completed", data={}, url=receiver.url)
    delivery = _send_one()
    assert (delivery.state, delivery.next_attempt_at, delivery.attempt_count) == (DeliveryState.FAILED, None, 1)


def test_switching_an_endpoint_off_gives_up_what_waits_for_it(receiver: Receiver) -> None:
    endpoint = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    (delivery,) = record_event(endpoint.account_id, event="job.completed", data={})
    off = change_endpoint(endpoint, is_enabled=False)
    assert (off.is_enabled, off.disabled_reason, off.disabled_at is not None) == (False, "its owner switched it off", True)
    assert claim_due(FairShare(usual=64, most=64), most=1) == []
    assert record_event(endpoint.account_id, event="job.completed", data={}) == []
    on = change_endpoint(endpoint, is_enabled=True)
    assert (on.is_enabled, on.disabled_reason, on.disabled_at, on.failing_since) == (True, "", None, None)
    replay_delivery(delivery)
    assert _send_one().state == DeliveryState.DELIVERED


def test_webhook_message_is_at_most_256_kb_and_lists_omitted_fields() -> None:
    account = AccountFactory()
    create_endpoint(account, url="https://example.com/", events=[])
    data = {"uuid": "1", "text": "ä" * 200_000, "segments": ["word"] * 60_000, "url": "https://example.com/a"}
    (delivery,) = record_event(account.pk, event="job.completed", data=data)
    assert json.loads(delivery.body)["data"] == {"uuid": "1", "url": "https://example.com/a", "omitted": ["segments", "text"]}


def test_event_data_is_computed_only_for_subscribers() -> None:
    account = AccountFactory()

    def data() -> dict[str, Any]:
        raise AssertionError("nobody listens")

    assert record_event(account.pk, event="job.completed", data=data) == []


def test_deliveries_are_forgotten_a_month_after_their_end() -> None:
    account = AccountFactory()
    create_endpoint(account, url="https://example.com/", events=[])
    (old,), (young,), (waiting,) = (record_event(account.pk, event="job.completed", data={}) for _ in range(3))
    now = timezone.now()
    Delivery.objects.filter(pk=old.pk).update(state="failed", ended_at=now - timedelta(days=31))
    Delivery.objects.filter(pk=young.pk).update(state="delivered", ended_at=now - timedelta(days=29))
    Delivery.objects.filter(pk=waiting.pk).update(created_at=now - timedelta(days=99))
    assert forget_deliveries() == 1
    assert set(Delivery.objects.all()) == {young, waiting}


def test_an_unknown_event_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no such event"):
        record_event(AccountFactory().pk, event="job.exploded", data={})
