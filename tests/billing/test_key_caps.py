"""Spending caps of keys: counted with the reservation, released with it, shared by the successors of a key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from apps.accounts.models import ApiKey, KeySpending
from apps.accounts.selectors import add_spending, spending_month
from apps.accounts.services import change_key, rotate_key
from apps.billing.models import EntryKind, LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.billing.services import grant_credits, release_credits, reserve_credits, settle_credits
from apps.core.errors import InsufficientCreditsError, KeyCapReachedError
from tests.factories import AccountFactory, bearer, make_key
from tests.factories_jobs import announce
from tests.fresh_state import fresh_state

JOB = UUID(int=7)


def key_with(cap_millicredits: int | None, *, balance: int = 100) -> ApiKey:
    return make_key(AccountFactory(credits=balance), monthly_cap_millicredits=cap_millicredits)[0]


def spent(key: ApiKey) -> int:
    return add_spending([ApiKey.objects.get(pk=key.pk)])[0].spent_millicredits


def reserve(key: ApiKey, amount: int, *, job: UUID | None = None) -> int:
    return reserve_credits(key.account_id, job_uuid=job or uuid4(), amount_millicredits=amount, key_id=key.pk)


@pytest.mark.django_db
class TestOneKey:
    """Reservations, settlements and refunds by one key."""

    def test_reservation_counts_and_the_settlement_returns_what_was_not_charged(self) -> None:
        key = key_with(5000)
        reserve(key, 4000, job=JOB)
        assert spent(key) == 4000
        settle_credits(key.account_id, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=1500)
        settle_credits(key.account_id, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=1500)
        assert spent(key) == 1500

    def test_released_reservation_leaves_nothing_counted_for_the_key(self) -> None:
        key = key_with(5000)
        reserve(key, 4000, job=JOB)
        release_credits(key.account_id, job_uuid=JOB, reserved_millicredits=4000)
        assert spent(key) == 0

    def test_reservation_past_the_cap_is_402_and_writes_nothing(self) -> None:
        key = key_with(5000)
        reserve(key, 4000)
        with pytest.raises(KeyCapReachedError) as caught:
            reserve(key, 1001)
        assert (caught.value.status, caught.value.code) == (402, "key_cap_reached")
        assert caught.value.extra == {"credits_remaining": 1, "credits_needed": 1.001}
        assert f"PATCH /v1/keys/{key.pk}/" in caught.value.message
        assert (spent(key), available_millicredits(key.account_id)) == (4000, 96_000)
        assert reserve(key, 1000) == 95_000
        assert ledger_differences() == []

    def test_first_reservation_above_the_whole_cap_is_refused_too(self) -> None:
        key = key_with(500)
        with pytest.raises(KeyCapReachedError):
            reserve(key, 501)
        assert KeySpending.objects.count() == 0

    def test_empty_balance_is_reported_before_the_cap_and_counts_nothing(self) -> None:
        key = key_with(500, balance=1)
        with pytest.raises(InsufficientCreditsError) as caught:
            reserve(key, 1001)
        assert (caught.value.code, spent(key)) == ("insufficient_credits", 0)

    def test_key_without_a_cap_is_counted_and_never_refused(self) -> None:
        key = key_with(None)
        reserve(key, 4000)
        assert spent(key) == 4000
        change_key(key, monthly_cap_millicredits=4000)
        with pytest.raises(KeyCapReachedError):
            reserve(key, 1)

    def test_reservation_without_a_key_counts_for_none(self) -> None:
        account = AccountFactory(credits=1)
        assert reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=10) == 990
        assert (LedgerEntry.objects.get(job_uuid=JOB).key_id, KeySpending.objects.count()) == (None, 0)

    def test_successor_of_a_rotation_continues_the_spending_of_the_key(self) -> None:
        key = key_with(5000)
        reserve(key, 4000)
        second = rotate_key(key, overlap_seconds=60)[0]
        third = rotate_key(second, overlap_seconds=60)[0]
        assert [spent(one) for one in (key, second, third)] == [4000] * 3
        with pytest.raises(KeyCapReachedError):
            reserve(third, 1001)

    def test_spending_of_an_earlier_month_does_not_count_in_this_one(self) -> None:
        key = key_with(5000)
        KeySpending.objects.create(account=key.account, key_id=key.pk, month=date(2020, 1, 1), millicredits=5000)
        assert reserve(key, 5000) == 95_000
        assert spending_month() != date(2020, 1, 1)

    def test_refund_of_a_job_is_taken_off_the_spending_once(self) -> None:
        key = key_with(5000)
        reserve(key, 4000, job=JOB)
        settle_credits(key.account_id, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=4000)
        for _ in range(2):
            grant_credits(
                key.account_id, amount_millicredits=4000, kind=EntryKind.ADJUSTMENT, reason="unsent", actor="test",
                external_ref="unsent:7", refunded_job=JOB,
            )  # fmt: skip
        assert spent(key) == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_reservations_at_once_never_pass_the_cap() -> None:
    key, barrier = key_with(5000), Barrier(20)

    def attempt(_number: int) -> bool:
        try:
            with connection.cursor():
                barrier.wait(timeout=60)
            with transaction.atomic():
                reserve(key, 1000)
        except KeyCapReachedError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, range(20))) == 5
    assert (spent(key), available_millicredits(key.account_id), ledger_differences()) == (5000, 95_000, [])


@pytest.mark.django_db
class TestHttp:
    """Caps in /v1/keys/ and in the errors of each dialect."""

    @pytest.fixture(autouse=True)
    def _platform(self, settings: Any, tmp_path: Any) -> Any:
        with fresh_state(settings, tmp_path):
            announce()
            yield

    def patch(self, secret: str, key: ApiKey, body: dict[str, Any]) -> Any:
        return Client().patch(f"/v1/keys/{key.pk}/", body, content_type="application/json", headers=bearer(secret))

    def test_cap_is_set_changed_removed_and_shown_by_the_keys_endpoint(self) -> None:
        account = AccountFactory(credits=100)
        _, secret = make_key(account)
        made = Client().post(
            "/v1/keys/", {"name": "script", "monthly_cap_credits": 2.5}, content_type="application/json", headers=bearer(secret)
        ).json()  # fmt: skip
        key = ApiKey.objects.get(pk=made["id"])
        assert (made["monthly_cap_credits"], made["spent_this_month_credits"], key.monthly_cap_millicredits) == (2.5, 0, 2500)
        reserve(key, 1250)
        shown = self.patch(secret, key, {"monthly_cap_credits": 7, "name": "other"}).json()
        assert (shown["monthly_cap_credits"], shown["spent_this_month_credits"], shown["name"]) == (7, 1.25, "other")
        assert self.patch(secret, key, {"name": "third"}).json()["monthly_cap_credits"] == 7
        assert self.patch(secret, key, {"monthly_cap_credits": None}).json()["monthly_cap_credits"] is None

    @pytest.mark.parametrize("cap", [0, -1, 0.0001, "many", 10**10])
    def test_cap_that_is_no_amount_of_credits_is_400(self, cap: Any) -> None:
        key, secret = make_key()
        answer = self.patch(secret, key, {"monthly_cap_credits": cap})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "monthly_cap_credits")

    def test_key_with_a_cap_makes_no_keys_and_changes_no_caps(self) -> None:
        key, secret = make_key(monthly_cap_millicredits=1000)
        other, _ = make_key(key.account)
        client = Client()
        answers = [
            client.post("/v1/keys/", {"name": "free"}, content_type="application/json", headers=bearer(secret)),
            client.post(f"/v1/keys/{other.pk}/rotate/", {}, content_type="application/json", headers=bearer(secret)),
            self.patch(secret, key, {"monthly_cap_credits": None}),
        ]
        assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {(403, "limit_too_high")}
        assert client.post(f"/v1/keys/{key.pk}/rotate/", {}, content_type="application/json", headers=bearer(secret)).status_code == 200

    @pytest.mark.parametrize(
        ("path", "body", "headers", "expected"),
        [
            ("/v1/tts/", {"text": "Hello there.", "voice": "af_bella"}, {}, (402, "error", "code", "key_cap_reached")),
            ("/v1/audio/speech", {"input": "Hello there.", "voice": "af_bella", "model": "kokoro"}, {}, (402, "error", "code", "key_cap_reached")),
            ("/v1/text-to-speech/af_bella", {"text": "Hello there."}, {}, (401, "detail", "status", "quota_exceeded")),
            ("/api/generate/preset", {"text": "Hello there.", "voice_id": "af_bella"}, {}, (402, "code", None, "key_cap_reached")),
        ],
    )  # fmt: skip
    def test_reached_cap_has_the_shape_of_each_dialect(
        self, path: str, body: dict[str, Any], headers: dict[str, str], expected: tuple[int, str, str | None, str]
    ) -> None:
        _, secret = make_key(AccountFactory(credits=100), monthly_cap_millicredits=1)
        answer = Client().post(path, body, content_type="application/json", headers={**bearer(secret), **headers})
        status, outer, inner, word = expected
        found = answer.json()[outer]
        assert (answer.status_code, found[inner] if inner else found) == (status, word), answer.content

    def test_reached_cap_refuses_each_text_of_a_batch_and_accepts_the_batch(self) -> None:
        _, secret = make_key(AccountFactory(credits=100), monthly_cap_millicredits=20)
        body = {"texts": [{"text": "One.", "voice": "af_bella"}, {"text": "A rather longer second text.", "voice": "af_bella"}]}
        answer = Client().post("/v1/tts/batch/", body, content_type="application/json", headers=bearer(secret))
        assert answer.status_code == 200, answer.content
