"""The ledger: never negative, idempotent, consistent."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from apps.accounts.models import Account
from apps.billing.models import Balance, EntryKind, LedgerEntry
from apps.billing.selectors import LedgerDifference, available_millicredits, ledger_differences
from apps.billing.services import (
    get_or_create_account,
    grant_credits,
    grant_welcome_bonus,
    open_account,
    release_credits,
    reserve_credits,
    settle_credits,
)
from apps.billing.services.jobs import LedgerError
from apps.core.errors import ConflictError, InsufficientCreditsError, InvalidRequestError
from tests.factories import AccountFactory, PlanFactory

JOB = UUID(int=1)


def entries(account: Account) -> list[tuple[str, int, int]]:
    rows = LedgerEntry.objects.filter(account=account).order_by("id")
    return [(row.kind, row.amount_millicredits, row.balance_after_millicredits) for row in rows]


@pytest.mark.django_db
class TestJobCharges:
    """Reservation, settlement and release."""

    def test_a_reservation_is_taken_off_at_once(self) -> None:
        account = AccountFactory(credits=10)
        assert reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=68) == 9932
        assert available_millicredits(account.pk) == 9932
        assert entries(account) == [("bonus", 10_000, 10_000), ("reservation", -68, 9932)]

    def test_a_settlement_charges_the_price_and_gives_the_rest_back(self) -> None:
        account = AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)
        settle_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=1500)
        assert available_millicredits(account.pk) == 8500
        assert entries(account)[1:] == [("reservation", -4000, 6000), ("release", 4000, 10_000), ("charge", -1500, 8500)]

    def test_a_release_gives_everything_back(self) -> None:
        account = AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)
        release_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000)
        assert entries(account)[1:] == [("reservation", -4000, 6000), ("release", 4000, 10_000)]

    def test_a_settlement_that_charges_nothing_is_a_release(self) -> None:
        account = AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)
        settle_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=0)
        assert entries(account)[1:] == [("reservation", -4000, 6000), ("release", 4000, 10_000)]

    @pytest.mark.parametrize("first_charge", [0, 1500, 4000])
    def test_only_the_first_closing_of_a_job_counts(self, first_charge: int) -> None:
        account = AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)
        settle_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=first_charge)
        before = entries(account)
        settle_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=4000)
        release_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000)
        assert entries(account) == before
        assert available_millicredits(account.pk) == 10_000 - first_charge

    def test_a_free_job_writes_no_entry(self) -> None:
        account = AccountFactory(credits=10)
        assert reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=0) == 10_000
        settle_credits(account.pk, job_uuid=JOB, reserved_millicredits=0, charged_millicredits=0)
        release_credits(account.pk, job_uuid=JOB, reserved_millicredits=0)
        assert entries(account) == [("bonus", 10_000, 10_000)]

    def test_too_few_credits_are_402_with_both_numbers(self) -> None:
        account = AccountFactory(credits=1)
        with pytest.raises(InsufficientCreditsError) as caught:
            reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=1001)
        assert caught.value.status == 402
        assert caught.value.extra == {"credits_remaining": 1, "credits_needed": 1.001}
        assert entries(account) == [("bonus", 1000, 1000)]

    def test_the_last_credit_can_be_spent(self) -> None:
        account = AccountFactory(credits=1)
        assert reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=1000) == 0

    def test_an_account_that_never_had_credits_has_none(self) -> None:
        account = AccountFactory()
        assert available_millicredits(account.pk) == 0
        with pytest.raises(InsufficientCreditsError):
            reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=1)

    def test_a_job_is_reserved_once(self) -> None:
        account = AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=5)
        with pytest.raises(DatabaseError), transaction.atomic():
            reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=5)
        assert available_millicredits(account.pk) == 9995

    @pytest.mark.parametrize(("reserved", "whose"), [(4001, "own"), (3999, "own"), (4000, "another")])
    def test_credits_that_were_never_reserved_are_not_released(self, reserved: int, whose: str) -> None:
        account, outsider = AccountFactory(credits=10), AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)
        closing = account if whose == "own" else outsider
        with pytest.raises(LedgerError):
            release_credits(closing.pk, job_uuid=JOB, reserved_millicredits=reserved)
        assert available_millicredits(closing.pk) == (6000 if whose == "own" else 10_000)

    @pytest.mark.parametrize("charged", [-1, 4001])
    def test_a_charge_is_never_negative_nor_above_the_reservation(self, charged: int) -> None:
        account = AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)
        with pytest.raises(ValueError, match="reserved"):
            settle_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=charged)

    def test_a_rolled_back_submission_leaves_no_trace(self) -> None:
        account = AccountFactory(credits=10)

        def submit() -> None:
            with transaction.atomic():
                reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)
                raise RuntimeError("later in the same transaction")

        with pytest.raises(RuntimeError):
            submit()
        assert available_millicredits(account.pk) == 10_000
        assert entries(account) == [("bonus", 10_000, 10_000)]


@pytest.mark.django_db
class TestGrants:
    def test_a_new_account_has_60_credits(self) -> None:
        account = open_account(email="Owner@Example.com", plan=PlanFactory(), actor="test")
        assert entries(account) == [("bonus", 60_000, 60_000)]
        assert list(account.users.values_list("email", flat=True)) == ["owner@example.com"]

    def test_the_bonus_is_given_once(self) -> None:
        account = open_account(email="owner@example.com", plan=PlanFactory(), actor="test")
        grant_welcome_bonus(account, actor="test")
        assert available_millicredits(account.pk) == 60_000

    def test_a_payment_counts_once(self) -> None:
        account = AccountFactory()
        for _ in range(2):
            balance = grant_credits(
                account.pk, amount_millicredits=5000, kind=EntryKind.PURCHASE, reason="pack", actor="stripe", external_ref="in_1"
            )
            assert balance == 5000
        assert entries(account) == [("purchase", 5000, 5000)]

    def test_a_payment_cannot_be_counted_for_another_account(self) -> None:
        account, outsider = AccountFactory(), AccountFactory()
        grant_credits(account.pk, amount_millicredits=1, kind=EntryKind.PURCHASE, reason="pack", actor="stripe", external_ref="in_1")
        with pytest.raises(ConflictError):
            grant_credits(outsider.pk, amount_millicredits=1, kind=EntryKind.PURCHASE, reason="pack", actor="stripe", external_ref="in_1")
        assert available_millicredits(outsider.pk) == 0

    def test_an_adjustment_may_take_credits_but_never_more_than_there_are(self) -> None:
        account = AccountFactory(credits=2)
        assert grant_credits(account.pk, amount_millicredits=-2000, kind=EntryKind.ADJUSTMENT, reason="refund", actor="op") == 0
        with pytest.raises(ConflictError) as caught:
            grant_credits(account.pk, amount_millicredits=-1, kind=EntryKind.ADJUSTMENT, reason="refund", actor="op")
        assert caught.value.code == "balance_too_low"
        assert available_millicredits(account.pk) == 0

    def test_credits_cannot_be_taken_from_an_account_without_a_balance(self) -> None:
        account = AccountFactory()
        with pytest.raises(ConflictError):
            grant_credits(account.pk, amount_millicredits=-1, kind=EntryKind.ADJUSTMENT, reason="refund", actor="op")
        assert entries(account) == []

    @pytest.mark.parametrize(
        ("amount", "kind", "reason", "actor"),
        [(-5, "bonus", "r", "a"), (5, "charge", "r", "a"), (5, "bonus", "", "a"), (5, "bonus", "r", "")],
    )
    def test_a_grant_needs_a_kind_a_reason_and_an_actor(self, amount: int, kind: str, reason: str, actor: str) -> None:
        with pytest.raises(ValueError, match="grant"):
            grant_credits(AccountFactory().pk, amount_millicredits=amount, kind=kind, reason=reason, actor=actor)

    def test_a_grant_of_nothing_is_refused(self) -> None:
        with pytest.raises(InvalidRequestError):
            grant_credits(AccountFactory().pk, amount_millicredits=0, kind=EntryKind.BONUS, reason="r", actor="a")


@pytest.mark.django_db
class TestTheDatabaseItself:
    """Constraints that the database enforces."""

    def test_an_entry_cannot_be_changed_nor_deleted(self) -> None:
        account = AccountFactory(credits=1)
        for change in (lambda rows: rows.update(amount_millicredits=2), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
                change(LedgerEntry.objects.filter(account=account))
        assert entries(account) == [("bonus", 1000, 1000)]

    def test_a_balance_cannot_be_negative(self) -> None:
        account = AccountFactory(credits=1)
        with pytest.raises(DatabaseError, match="balance_never_below_zero"), transaction.atomic():
            Balance.objects.filter(account=account).update(available_millicredits=-1)

    def test_an_account_in_the_ledger_cannot_be_deleted(self) -> None:
        account = AccountFactory(credits=1)
        with pytest.raises(ProtectedError):
            account.delete()

    def test_a_balance_that_moved_alone_is_found(self) -> None:
        AccountFactory(credits=1)
        account = AccountFactory(credits=1)
        assert ledger_differences() == []
        Balance.objects.filter(account=account).update(available_millicredits=1001)
        assert ledger_differences() == [LedgerDifference(account.pk, 1001, 1000)]


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    """Concurrency with real threads, each with its own connection."""

    @staticmethod
    def at_once(count: int, work: object) -> list[object]:
        barrier = Barrier(count)

        def run(number: int) -> object:
            try:
                with connection.cursor():
                    barrier.wait(timeout=60)
                return work(number)
            finally:
                connection.close()

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(run, range(count)))

    def test_concurrent_first_logins_create_one_account(self) -> None:
        plan = PlanFactory()

        def provide(number: int) -> int:
            email = ("new@example.com", " New@Example.com")[number % 2]
            return get_or_create_account(email=email, plan=plan, millicredits=1000, actor="test").pk

        (pk,) = set(self.at_once(8, provide))
        assert (Account.objects.get().pk, available_millicredits(pk)) == (pk, 8000)

    def test_fifty_reservations_on_credits_for_ten_are_accepted_exactly_ten_times(self) -> None:
        account = AccountFactory(credits=10)

        def reserve(_number: int) -> int:
            try:
                with transaction.atomic():
                    return reserve_credits(account.pk, job_uuid=uuid4(), amount_millicredits=1000)
            except InsufficientCreditsError:
                return -1

        results = self.at_once(50, reserve)
        assert sorted(results, reverse=True) == [9000, 8000, 7000, 6000, 5000, 4000, 3000, 2000, 1000, 0] + [-1] * 40
        assert available_millicredits(account.pk) == 0
        assert ledger_differences() == []

    def test_twenty_closings_of_one_job_close_it_once(self) -> None:
        account = AccountFactory(credits=10)
        reserve_credits(account.pk, job_uuid=JOB, amount_millicredits=4000)

        def close(number: int) -> None:
            if number % 2:
                settle_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000, charged_millicredits=1000)
            else:
                release_credits(account.pk, job_uuid=JOB, reserved_millicredits=4000)

        self.at_once(20, close)
        assert available_millicredits(account.pk) in {9000, 10_000}
        assert LedgerEntry.objects.filter(job_uuid=JOB, kind=EntryKind.RELEASE).count() == 1
        assert ledger_differences() == []

    def test_ten_deliveries_of_one_payment_count_once(self) -> None:
        account = AccountFactory()

        def deliver(_number: int) -> int:
            return grant_credits(
                account.pk, amount_millicredits=7, kind=EntryKind.PURCHASE, reason="pack", actor="stripe", external_ref="in_1"
            )

        assert self.at_once(10, deliver) == [7] * 10
        assert entries(account) == [("purchase", 7, 7)]
