"""Property tests of the ledger: the balance is the sum of the entries, never below zero, and each job is settled once."""

from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from apps.billing.models import EntryKind, LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.billing.services import grant_credits, release_credits, reserve_credits, settle_credits
from apps.core.errors import ConflictError, InsufficientCreditsError
from tests.examples import examples
from tests.factories import AccountFactory

jobs = st.integers(1, 6)
steps = st.one_of(
    st.tuples(st.just("reserve"), jobs, st.integers(0, 4000)),
    st.tuples(st.just("settle"), jobs, st.floats(0, 1)),
    st.tuples(st.just("release"), jobs, st.none()),
    st.tuples(st.just("grant"), st.none(), st.integers(-5000, 5000).filter(bool)),
)


class Model:
    """Reference implementation of the ledger."""

    def __init__(self) -> None:
        self.available = 0
        self.reserved: dict[int, int] = {}
        self.closed: set[int] = set()

    def reserve(self, job: int, amount: int) -> bool:
        if amount > self.available:
            return False
        self.available -= amount
        self.reserved[job] = amount
        return True

    def close(self, job: int, charged: int) -> None:
        if job not in self.closed:
            self.closed.add(job)
            self.available += self.reserved[job] - charged


class TestLedger(HypothesisCase):
    @settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(sequence=st.lists(steps, max_size=25))
    def test_any_sequence_leaves_the_books_right(self, sequence: list[tuple[str, int, float]]) -> None:
        account, model = AccountFactory(), Model()
        for step, job, value in sequence:
            getattr(self, f"_{step}")(account.pk, model, job, value)
            assert available_millicredits(account.pk) == model.available >= 0
        assert ledger_differences() == []
        for entry in LedgerEntry.objects.filter(account=account):
            assert entry.balance_after_millicredits >= 0
        charges = LedgerEntry.objects.filter(account=account, kind=EntryKind.CHARGE)
        assert charges.count() <= len(model.closed)

    def _reserve(self, account_id: int, model: Model, job: int, amount: int) -> None:
        if job in model.reserved:
            return
        try:
            with transaction.atomic():
                reserve_credits(account_id, job_uuid=UUID(int=job), amount_millicredits=amount)
        except InsufficientCreditsError:
            assert not model.reserve(job, amount)
        else:
            assert model.reserve(job, amount)

    def _settle(self, account_id: int, model: Model, job: int, part: float) -> None:
        if job not in model.reserved:
            return
        charged = round(model.reserved[job] * part)
        settle_credits(account_id, job_uuid=UUID(int=job), reserved_millicredits=model.reserved[job], charged_millicredits=charged)
        model.close(job, charged)

    def _release(self, account_id: int, model: Model, job: int, _: None) -> None:
        if job not in model.reserved:
            return
        release_credits(account_id, job_uuid=UUID(int=job), reserved_millicredits=model.reserved[job])
        model.close(job, 0)

    def _grant(self, account_id: int, model: Model, _: None, amount: int) -> None:
        try:
            grant_credits(account_id, amount_millicredits=amount, kind=EntryKind.ADJUSTMENT, reason="r", actor="a")
        except ConflictError:
            assert model.available + amount < 0
        else:
            model.available += amount
