"""The sender: bounded, shared among accounts, never idle while a delivery is due, and no delivery is lost when it dies."""

import threading
from typing import Any

import pytest

from apps.core.fair_share import FairShare
from apps.webhooks.models import Delivery, DeliveryState, Endpoint
from apps.webhooks.sender import DATABASE_THREADS, Sender
from apps.webhooks.services import create_endpoint, record_event
from apps.webhooks.services.sending import claim_due
from apps.webhooks.tasks import _sender, forget_old_deliveries, send_due_webhooks, stop_sending
from tests.factories import AccountFactory
from tests.webhooks.receivers import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)


def endpoint_with_events(url: str, *, count: int) -> Endpoint:
    endpoint = create_endpoint(AccountFactory(), url=url, events=[])
    for number in range(count):
        record_event(endpoint.account_id, event="job.completed", data={"number": number})
    return endpoint


def delivered_of(endpoint: Endpoint) -> int:
    return Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.DELIVERED).count()


@pytest.fixture
def sender() -> Sender:
    return Sender(at_once=4)


def test_sender_with_fewer_places_than_deliveries_sends_all_of_them(receiver: Receiver, sender: Sender) -> None:
    endpoint = endpoint_with_events(receiver.url, count=25)
    assert sender.send_due() == 2  # half of the places at a time
    receiver.wait_for(25)
    sender.close()
    assert delivered_of(endpoint) == 25
    assert len(set(receiver.message_ids)) == 25


def test_slow_receiver_of_one_account_does_not_delay_another_account(receiver: Receiver, sender: Sender) -> None:
    receiver.pause_seconds = 60  # until the test is over: the receiver lets go then
    slow = endpoint_with_events(receiver.url, count=20)
    assert sender.send_due() == 2
    receiver.wait_for(2)
    other = create_endpoint(AccountFactory(), url=receiver.url, events=[])
    record_event(other.account_id, event="job.completed", data={})
    assert sender.send_due() == 1
    receiver.wait_for(3)
    assert Delivery.objects.get(endpoint=other).attempt_count == 1
    assert sorted(Delivery.objects.filter(endpoint=slow).values_list("attempt_count", flat=True)) == [0] * 18 + [1] * 2
    receiver.is_over.set()
    sender.close()


def test_a_newcomer_s_webhook_arrives_while_two_accounts_hold_all_usual_places(receiver: Receiver, sender: Sender, settings: Any) -> None:
    receiver.pause_seconds = 60  # until the test is over: the receiver lets go then
    slow = [endpoint_with_events(receiver.url, count=30) for _ in range(2)]
    assert sender.send_due() == 4
    receiver.wait_for(4)
    assert not sender.is_idle
    with receiving() as quick:
        settings.TTSAI_OUTBOUND_ALLOW = [receiver.address, quick.address]
        newcomer = endpoint_with_events(quick.url, count=3)
        assert sender.send_due() == 1
        quick.wait_for(3)
        sender.stop_claiming()
    assert Delivery.objects.filter(endpoint__in=slow, state=DeliveryState.PENDING).count() == 60
    receiver.is_over.set()
    sender.close()
    assert sender.is_idle
    assert delivered_of(newcomer) == 3


def test_sender_with_many_hanging_receivers_starts_no_thread_for_each(receiver: Receiver) -> None:
    receiver.pause_seconds = 60  # until the test is over: the receiver lets go then
    for _ in range(40):
        endpoint_with_events(receiver.url, count=1)
    threads = threading.active_count()
    sender = Sender()
    assert sender.send_due() == 40
    receiver.wait_for(40)
    receivers = 40  # the receiver's own threads, one for each connection
    assert threading.active_count() <= threads + receivers + DATABASE_THREADS + 1
    receiver.is_over.set()
    sender.close()
    assert Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 40


def test_delivery_that_cannot_be_signed_holds_up_no_other(receiver: Receiver, sender: Sender) -> None:
    broken, other = endpoint_with_events(receiver.url, count=1), endpoint_with_events(receiver.url, count=1)
    Endpoint.objects.filter(pk=broken.pk).update(secret="whsec_é")
    sender.send_due()
    receiver.wait_for(1)
    sender.close()
    assert (delivered_of(broken), delivered_of(other)) == (0, 1)


def test_a_closed_sender_takes_nothing_more(receiver: Receiver, sender: Sender) -> None:
    endpoint = endpoint_with_events(receiver.url, count=1)
    sender.close()
    assert sender.send_due() == 0
    assert Delivery.objects.get(endpoint=endpoint).attempt_count == 0


def test_two_senders_send_each_delivery_once(receiver: Receiver) -> None:
    endpoint = endpoint_with_events(receiver.url, count=12)
    first, second = Sender(at_once=4), Sender(at_once=4)
    for sender in (first, second):
        sender.send_due()
    receiver.wait_for(12)
    first.close()
    second.close()
    assert (len(receiver.received), delivered_of(endpoint)) == (12, 12)


def test_the_oldest_of_several_accounts_come_first() -> None:
    one, other = AccountFactory(), AccountFactory()
    for account in (one, one, one, other, one):
        record_event(account.pk, event="job.completed", data={}, url="https://example.com/")
    share: FairShare[int] = FairShare(usual=4, most=8)
    taken = claim_due(share, most=3)
    assert sorted(delivery.account_id for delivery in taken) == [one.pk, one.pk, other.pk]
    for _ in range(2):
        share.begin(one.pk)
    assert claim_due(share, most=3) == []
    share.end(one.pk)
    assert [delivery.account_id for delivery in claim_due(share, most=3)] == [one.pk]


def test_the_tasks_of_beat_run_until_the_worker_is_asked_to_end(receiver: Receiver) -> None:
    _sender.cache_clear()
    endpoint = endpoint_with_events(receiver.url, count=1)
    stop_sending()  # nothing was sent yet: nothing to stop
    send_due_webhooks()
    receiver.wait_for(1)
    forget_old_deliveries()
    assert Delivery.objects.filter(endpoint=endpoint).count() == 1
    stop_sending()
    record_event(endpoint.account_id, event="job.completed", data={})
    send_due_webhooks()
    assert Delivery.objects.order_by("created_at").last().attempt_count == 0
    _sender().close()
    _sender.cache_clear()
