"""Concurrency limits of keys with limits of their own."""

from typing import Any

import pytest

from apps.accounts.callers import caller_of_key
from apps.accounts.models import ApiKey
from apps.core.errors import TooManyRequestsError
from apps.jobs.models import Job
from apps.jobs.services.limits import check_concurrency
from tests.factories import AccountFactory, PlanFactory, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Any:
    return AccountFactory(plan=PlanFactory(concurrent_jobs=3))


def add_jobs(key: ApiKey, count: int) -> None:
    for _ in range(count):
        tenant = f"account:{key.account_id}"
        Job.objects.create(
            account=key.account, api_key=key, tenant=tenant, kind="speech", queue="kokoro", lane="normal", concurrency_limit=3
        )


def may_add(key: ApiKey) -> bool:
    try:
        check_concurrency(caller_of_key(key, address="203.0.113.7"))
    except TooManyRequestsError:
        return False
    return True


def test_concurrency_limit_of_the_plan_is_shared_by_all_keys(account: Any) -> None:
    first, second = make_key(account)[0], make_key(account)[0]
    add_jobs(first, 2)
    assert may_add(second)
    add_jobs(second, 1)
    assert [may_add(first), may_add(second)] == [False, False]


def test_an_owners_number_counts_that_keys_jobs_and_the_plans_holds_too(account: Any) -> None:
    narrow, other = make_key(account, concurrent_jobs=1)[0], make_key(account)[0]
    add_jobs(other, 2)
    assert may_add(narrow)
    add_jobs(narrow, 1)
    assert [may_add(narrow), may_add(other)] == [False, False]


def test_an_operators_number_replaces_the_plans(account: Any) -> None:
    wide, other = make_key(account, concurrent_jobs=5, is_operator=True)[0], make_key(account)[0]
    add_jobs(other, 3)
    add_jobs(wide, 4)
    assert may_add(wide)
    add_jobs(wide, 1)
    assert not may_add(wide)


def test_account_with_only_a_rate_override_keeps_the_plans_concurrency(account: Any) -> None:
    key, _ = make_key(account, requests_per_minute=5000, is_operator=True)
    add_jobs(key, 3)
    assert not may_add(key)
