"""Rows for tests: plans, accounts, people, keys, credits."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.accounts.models import Account, ApiKey, Membership, Plan, User
from apps.accounts.services import create_key
from apps.billing.models import EntryKind
from apps.billing.services import grant_credits


class PlanFactory(DjangoModelFactory[Plan]):
    """A plan that allows much, so that a test meets only the limit that it sets."""

    class Meta:
        model = Plan

    slug = factory.Sequence(lambda number: f"plan-{number}")
    name = factory.LazyAttribute(lambda plan: plan.slug)
    requests_per_minute = 1000
    concurrent_jobs = 100
    max_characters = 1_000_000


class AnonymousPlanFactory(PlanFactory):
    """The plan of callers without a key, with the numbers of a new installation."""

    class Meta:
        django_get_or_create = ("slug",)

    slug = "anonymous"
    requests_per_minute = 10
    concurrent_jobs = 2
    total_concurrent_jobs = 20
    max_characters = 5000
    characters_per_day = 5000
    allowed_models = ["pico", "piper", "vits", "melotts", "kokoro"]


class AccountFactory(DjangoModelFactory[Account]):
    """An account without credits; `credits=15` gives it some, through the ledger."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Account {number}")
    plan = factory.SubFactory(PlanFactory)

    @factory.post_generation
    def credits(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """Whole credits."""
        if extracted:
            grant_credits(self.pk, amount_millicredits=extracted * 1000, kind=EntryKind.BONUS, reason="for a test", actor="test")


class UserFactory(DjangoModelFactory[User]):
    """A person without a password."""

    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person-{number}@example.com")


class MembershipFactory(DjangoModelFactory[Membership]):
    """A person in an account."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    account = factory.SubFactory(AccountFactory)


def make_key(account: Account | None = None, **limits: Any) -> tuple[ApiKey, str]:
    """A key and its secret; its account is new unless given."""
    return create_key(account or AccountFactory(), name="test", **limits)


def bearer(secret: str) -> dict[str, str]:
    """The header that presents a key: client.get(path, headers=bearer(secret))."""
    return {"Authorization": f"Bearer {secret}"}
