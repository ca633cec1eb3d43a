"""Factories of rows: plans, accounts, users, keys, credits."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.accounts.defaults import FREE_SPEAKERS, VISITORS_MODELS, VISITORS_SERVICES
from apps.accounts.models import Account, ApiKey, Membership, Plan, User
from apps.accounts.services import create_key
from apps.billing.models import EntryKind
from apps.billing.services import grant_credits


class PlanFactory(DjangoModelFactory[Plan]):
    """Plan with high limits, so that a test meets only the limit that it sets."""

    class Meta:
        model = Plan

    slug = factory.Sequence(lambda number: f"plan-{number}")
    name = factory.LazyAttribute(lambda plan: plan.slug)
    requests_per_minute = 1000
    concurrent_jobs = 100
    max_characters = 1_000_000
    max_voices = 100
    max_samples = 10


class AnonymousPlanFactory(PlanFactory):
    """Plan of anonymous callers, with the values of a new installation."""

    class Meta:
        django_get_or_create = ("slug",)

    slug = "anonymous"
    requests_per_minute = 10
    concurrent_jobs = 2
    total_concurrent_jobs = 20
    max_characters = 5000
    characters_per_day = 5000
    audio_seconds_per_day = 300
    max_upload_bytes = 8_000_000
    allowed_models = [*FREE_SPEAKERS, *VISITORS_MODELS]
    anonymous_services = [*VISITORS_SERVICES]


class AccountFactory(DjangoModelFactory[Account]):
    """Account without credits; `credits=15` grants some through the ledger."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Account {number}")
    plan = factory.SubFactory(PlanFactory)

    @factory.post_generation
    def credits(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if extracted:
            grant_credits(self.pk, amount_millicredits=extracted * 1000, kind=EntryKind.BONUS, reason="for a test", actor="test")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person-{number}@example.com")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    account = factory.SubFactory(AccountFactory)


def make_key(account: Account | None = None, **limits: Any) -> tuple[ApiKey, str]:
    """Create a key and return it with its secret; its account is new unless given."""
    return create_key(account or AccountFactory(), name="test", **limits)


def bearer(secret: str) -> dict[str, str]:
    """Authorization header: client.get(path, headers=bearer(secret))."""
    return {"Authorization": f"Bearer {secret}"}
