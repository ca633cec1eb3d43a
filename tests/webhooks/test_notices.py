"""credits.low and key.revoked, left by the apps below in their own transactions."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Account
from apps.accounts.services import revoke_key
from apps.billing.models import Balance, EntryKind
from apps.billing.services import grant_credits, release_credits, reserve_credits, settle_credits
from apps.core.models import Notice
from apps.core.notices import record_notice
from apps.webhooks.events import EXAMPLES
from apps.webhooks.models import Delivery
from apps.webhooks.services import create_endpoint
from apps.webhooks.services.notices import deliver_notices
from tests.factories import AccountFactory, make_key

pytestmark = pytest.mark.django_db


def spend(account: Account, millicredits: int) -> None:
    job = uuid4()
    reserve_credits(account.pk, job_uuid=job, amount_millicredits=millicredits)
    settle_credits(account.pk, job_uuid=job, reserved_millicredits=millicredits, charged_millicredits=millicredits)


def grant(account: Account, credits_: int, *, kind: str = EntryKind.PURCHASE) -> None:
    grant_credits(account.pk, amount_millicredits=1000 * credits_, kind=kind, reason="for a test", actor="test")


def notices() -> list[tuple[str, Any]]:
    return [(notice.event, notice.data) for notice in Notice.objects.order_by("id")]


class TestCreditsLow:
    def test_crossing_the_threshold_sends_one_notice(self) -> None:
        account = AccountFactory(credits=12)
        spend(account, 1500)
        assert notices() == []
        spend(account, 600)
        assert notices() == [("credits.low", {"credits_remaining": 9.9, "threshold": 10.0})]
        spend(account, 600)
        spend(account, 600)
        assert len(notices()) == 1

    def test_the_threshold_itself_is_not_low(self) -> None:
        account = AccountFactory(credits=12)
        spend(account, 2000)
        assert notices() == []

    def test_a_grant_above_the_threshold_rearms_the_notice(self) -> None:
        account = AccountFactory(credits=12)
        spend(account, 3000)
        grant(account, 5)
        spend(account, 3000)
        spend(account, 2000)
        assert [data["credits_remaining"] for _, data in notices()] == [9.0, 9.0]

    def test_a_grant_below_the_threshold_does_not_rearm_the_notice(self) -> None:
        account = AccountFactory(credits=12)
        spend(account, 10_000)
        grant(account, 5)
        spend(account, 1000)
        assert len(notices()) == 1

    def test_a_reservation_counts_and_credits_given_back_make_it_news_again(self) -> None:
        account = AccountFactory(credits=50)
        for _ in range(2):
            job = uuid4()
            reserve_credits(account.pk, job_uuid=job, amount_millicredits=45_000)
            release_credits(account.pk, job_uuid=job, reserved_millicredits=45_000)
        assert [data["credits_remaining"] for _, data in notices()] == [5.0, 5.0]

    def test_adjustment_below_the_threshold_sends_a_low_credits_notice(self) -> None:
        account = AccountFactory(credits=12)
        grant(account, -6, kind=EntryKind.ADJUSTMENT)
        assert notices() == [("credits.low", {"credits_remaining": 6.0, "threshold": 10.0})]

    def test_new_account_gets_no_low_credits_notice_before_it_spends(self) -> None:
        account = AccountFactory(credits=5)
        assert notices() == []
        spend(account, 1)
        assert len(notices()) == 1

    def test_an_account_may_have_a_threshold_of_its_own(self, settings: Any) -> None:
        settings.TTSAI_LOW_CREDITS = 1000
        account = AccountFactory(credits=200)
        Balance.objects.filter(account=account).update(low_threshold_millicredits=100_000)
        spend(account, 90_000)
        assert notices() == []
        spend(account, 20_000)
        assert notices() == [("credits.low", {"credits_remaining": 90.0, "threshold": 100.0})]

    def test_a_threshold_of_zero_sends_no_notice(self, settings: Any) -> None:
        settings.TTSAI_LOW_CREDITS = 0
        account = AccountFactory(credits=1)
        spend(account, 1000)
        assert notices() == []

    def test_a_rolled_back_reservation_sends_no_notice(self) -> None:
        account = AccountFactory(credits=12)
        with transaction.atomic():
            reserve_credits(account.pk, job_uuid=uuid4(), amount_millicredits=5000)
            transaction.set_rollback(True)
        assert notices() == []
        spend(account, 5000)
        assert len(notices()) == 1


class TestKeyRevoked:
    def test_revoked_key_sends_one_webhook_without_its_secret(self) -> None:
        key, secret = make_key()
        revoke_key(key)
        revoke_key(key)
        assert notices() == [("key.revoked", {"key_id": key.pk, "prefix": key.prefix, "name": key.name})]
        assert secret not in json.dumps(notices())


class TestTakingNotices:
    def test_a_notice_becomes_a_delivery_for_each_endpoint_that_listens(self) -> None:
        account = AccountFactory()
        create_endpoint(account, url="https://example.com/a", events=["key.revoked"])
        create_endpoint(account, url="https://example.com/b", events=["job.completed"])
        key, _ = make_key(account)
        revoke_key(key)
        left_at = Notice.objects.get().created_at
        assert deliver_notices() == 1
        delivery = Delivery.objects.get()
        body = json.loads(delivery.body)
        assert (delivery.url, body["type"], body["timestamp"]) == ("https://example.com/a", "key.revoked", left_at.isoformat())
        assert set(body["data"]) == set(EXAMPLES["key.revoked"])
        assert Notice.objects.count() == 0

    def test_notice_without_a_listener_is_dropped(self) -> None:
        record_notice(AccountFactory().pk, event="credits.low", data=EXAMPLES["credits.low"])
        assert (deliver_notices(), Notice.objects.count(), Delivery.objects.count()) == (1, 0, 0)

    def test_an_event_of_a_newer_version_waits_for_it(self) -> None:
        record_notice(AccountFactory().pk, event="moon.full", data={"at": timezone.now().isoformat()})
        assert (deliver_notices(), Notice.objects.count()) == (0, 1)
