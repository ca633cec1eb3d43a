"""The endpoint of events: signatures, storage, retries, poison events, replay."""

import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.payments.models import StripeEvent
from apps.payments.services import events as event_services
from apps.payments.services.events import ATTEMPTS, forget_events, list_due_events, process_event, replay_event
from apps.payments.tasks import process_stripe_events
from tests.payments.conftest import WEBHOOK, Shop, post_event
from tests.stripe_fake.server import SECRET_KEY, WEBHOOK_SECRET
from tests.stripe_fake.state import encoded, sign

pytestmark = pytest.mark.django_db
EVENT = {"id": "evt_1", "object": "event", "type": "product.created", "data": {"object": {"id": "prod_1", "object": "product"}}}


@pytest.fixture(autouse=True)
def _secrets(settings: Any) -> None:
    settings.TTSAI_STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]


class TestReceiving:
    """POST /webhooks/stripe/."""

    def test_signed_event_is_stored_once_and_answered_at_once(self) -> None:
        assert [post_event(EVENT).status_code for _ in range(2)] == [200, 200]
        row = StripeEvent.objects.get()
        assert (row.stripe_id, row.type, row.object_id, row.state, row.payload) == ("evt_1", "product.created", "prod_1", "pending", EVENT)

    def test_event_without_a_valid_signature_is_400_and_not_stored(self) -> None:
        for signature in (
            "",
            "t=1",
            "nonsense",
            "t=x,v1=y",
            "t=1,v1=é",
            "é",
            sign("other", WEBHOOK_SECRET),
            sign(encoded(EVENT), "whsec_other"),
        ):
            answer = post_event(EVENT, signature=signature)
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_signature")
        assert StripeEvent.objects.count() == 0

    def test_body_that_was_changed_after_signing_is_refused(self) -> None:
        body = encoded(EVENT)
        header = {"Stripe-Signature": sign(body, WEBHOOK_SECRET)}
        answer = Client().post(WEBHOOK, body + " ", content_type="application/json", headers=header)
        assert answer.status_code == 400

    def test_signature_older_than_the_tolerance_is_refused(self, settings: Any) -> None:
        now = int(time.time())
        assert post_event(EVENT, at=now - 290).status_code == 200
        assert post_event({**EVENT, "id": "evt_2"}, at=now - 310).status_code == 400

    def test_both_secrets_are_valid_during_a_rotation(self, settings: Any) -> None:
        settings.TTSAI_STRIPE_WEBHOOK_SECRETS = ["whsec_new", WEBHOOK_SECRET]
        assert [post_event({**EVENT, "id": secret}, secret=secret).status_code for secret in ("whsec_new", WEBHOOK_SECRET)] == [200, 200]

    def test_without_secrets_events_are_refused(self, settings: Any) -> None:
        settings.TTSAI_STRIPE_WEBHOOK_SECRETS = []
        answer = post_event(EVENT)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "payments_off")

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "[]",
            "{}",
            '{"id": "a", "type": "b"}',
            '{"id": "a", "type": "b", "data": {"object": 1}}',
            "{",
            '{"id": "a", "type": "\\u0000", "data": {"object": {}}}',
        ],
    )
    def test_signed_body_that_is_no_event_is_400(self, body: str) -> None:
        header = {"Stripe-Signature": sign(body, WEBHOOK_SECRET)}
        answer = Client().post(WEBHOOK, body, content_type="application/json", headers=header)
        assert (answer.status_code, StripeEvent.objects.count()) == (400, 0)

    def test_bytes_that_are_no_text_are_400(self) -> None:
        header = {"Stripe-Signature": sign("x", WEBHOOK_SECRET)}
        assert Client().post(WEBHOOK, b"\xff\xfe", content_type="application/json", headers=header).status_code == 400

    def test_other_methods_are_405_and_no_session_or_cookie_is_made(self) -> None:
        assert Client().get(WEBHOOK).status_code == 405
        answer = post_event(EVENT)
        assert (answer.json(), dict(answer.cookies)) == ({"received": True, "is_new": True}, {})


class TestProcessing:
    """Attempts at stored events."""

    def test_event_of_an_unknown_type_or_customer_is_ignored(self, shop: Shop) -> None:
        stranger = shop.fake.new("customer", "cus", invoice_settings={"default_payment_method": None})
        intent = shop.fake.new_intent(amount=1, currency="usd", customer=stranger["id"], metadata={})
        shop.fake.succeed(intent)
        shop.fake.refund(intent["id"])
        shop.fake.emit("something.new", {"id": "x"})
        shop.deliver()
        assert set(StripeEvent.objects.values_list("state", flat=True)) == {"ignored"}

    def test_event_waits_while_stripe_is_away_and_never_fails_for_it(self, shop: Shop, settings: Any) -> None:
        shop.fake.pay(shop.open_pack())
        event = next(one for one in shop.fake.unsent() if one["type"] == "checkout.session.completed")
        post_event(event)
        settings.TTSAI_STRIPE_SECRET_KEY = "sk_test_wrong"
        StripeEvent.objects.update(attempt_count=100)
        assert not process_event(event["id"])
        row = StripeEvent.objects.get()
        assert (row.state, row.error) == ("pending", "Payments do not work at the moment. The operator has to check the Stripe key.")
        assert row.next_attempt_at > timezone.now() + timedelta(minutes=50)
        assert list_due_events() == []
        settings.TTSAI_STRIPE_SECRET_KEY = SECRET_KEY
        StripeEvent.objects.update(next_attempt_at=timezone.now())
        process_stripe_events()
        assert shop.balance == 500_000

    def test_poison_event_is_kept_with_its_error_and_can_be_replayed(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_found: Any, _account_id: Any) -> None:
            raise KeyError("no such field")

        shop.fake.pay(shop.open_pack())
        event = next(one for one in shop.fake.unsent() if one["type"] == "checkout.session.completed")
        post_event(event)
        with monkeypatch.context() as patch:
            patch.setitem(event_services.HANDLERS, "checkout.session.", fail)
            for attempt in range(ATTEMPTS):
                assert StripeEvent.objects.get().attempt_count == attempt
                StripeEvent.objects.update(next_attempt_at=timezone.now())
                process_stripe_events()
        row = StripeEvent.objects.get()
        assert (row.state, row.error) == ("failed", "KeyError: 'no such field'")
        assert forget_events() == 0
        replay_event(row)
        process_stripe_events()
        row.refresh_from_db()
        assert (row.state, row.error, shop.balance) == ("processed", "", 500_000)

    def test_event_that_another_worker_has_is_left_alone(self, shop: Shop) -> None:
        post_event(EVENT)
        StripeEvent.objects.update(next_attempt_at=timezone.now() + timedelta(minutes=1))
        assert not process_event("evt_1")
        assert StripeEvent.objects.get().attempt_count == 0

    def test_processed_events_are_forgotten_after_ninety_days(self) -> None:
        for number, (state, days) in enumerate((("processed", 91), ("ignored", 91), ("processed", 89), ("failed", 91), ("pending", 91))):
            row = StripeEvent.objects.create(stripe_id=f"evt_{number}", type="x", payload={}, state=state)
            StripeEvent.objects.filter(pk=row.pk).update(received_at=timezone.now() - timedelta(days=days))
        assert forget_events() == 2

    def test_no_key_or_secret_appears_in_logs_and_rows(self, shop: Shop, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            shop.buy_pack()
            settings.TTSAI_STRIPE_SECRET_KEY = "sk_test_another_wrong_key"
            shop.fake.pay(shop.fake.all("checkout.session")[0])
            shop.fake.emit("checkout.session.completed", shop.fake.all("checkout.session")[0])
            shop.deliver()
        rows = str(list(StripeEvent.objects.values()))
        for secret in (SECRET_KEY, "sk_test_another_wrong_key", WEBHOOK_SECRET):
            assert secret not in caplog.text
            assert secret not in rows
