"""The caller: the limits that a request meets, and the scopes of its key."""

import pytest

from apps.accounts.callers import anonymous_caller, caller_of_key, caller_of_session
from apps.accounts.scopes import SCOPES
from apps.core.errors import PermissionDeniedError
from apps.core.limits import RequestBucket
from tests.factories import AccountFactory, AnonymousPlanFactory, MembershipFactory, PlanFactory, make_key

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.7"


def test_all_keys_of_an_account_share_its_limit() -> None:
    account = AccountFactory(plan=PlanFactory(requests_per_minute=10, concurrent_jobs=2))
    key, _ = make_key(account)
    caller = caller_of_key(key, address=ADDRESS)
    assert caller.tenant == f"account:{account.pk}"
    assert caller.request_buckets == (RequestBucket(f"requests:account:{account.pk}", 10),)
    assert (caller.requests_per_minute, caller.concurrent_jobs, caller.counts_jobs_by_key) == (10, 2, False)


def test_a_key_limit_set_by_the_owner_applies_in_addition_to_the_accounts() -> None:
    account = AccountFactory(plan=PlanFactory(requests_per_minute=10, concurrent_jobs=2))
    key, _ = make_key(account, requests_per_minute=3, concurrent_jobs=1)
    caller = caller_of_key(key, address=ADDRESS)
    assert caller.request_buckets == (RequestBucket(f"requests:key:{key.pk}", 3), RequestBucket(f"requests:account:{account.pk}", 10))
    assert (caller.requests_per_minute, caller.concurrent_jobs) == (3, 1)
    assert (caller.counts_jobs_by_key, caller.is_limited_apart) == (True, False)


def test_a_key_limit_set_by_an_operator_replaces_the_accounts() -> None:
    account = AccountFactory(plan=PlanFactory(requests_per_minute=10))
    key, _ = make_key(account, requests_per_minute=500, is_operator=True)
    caller = caller_of_key(key, address=ADDRESS)
    assert caller.request_buckets == (RequestBucket(f"requests:key:{key.pk}", 500),)
    assert caller.is_limited_apart


@pytest.mark.parametrize(
    ("address", "tenant"),
    [("203.0.113.7", "address:203.0.113.7"), ("2001:db8:1:2::7", "address:2001:db8:1:2::/64")],
)
def test_tenant_of_a_caller_without_a_key_is_its_address_block(address: str, tenant: str) -> None:
    caller = anonymous_caller(AnonymousPlanFactory(), address=address)
    assert caller.is_anonymous
    assert (caller.tenant, caller.address) == (tenant, address)
    assert caller.request_buckets == (RequestBucket(f"requests:{tenant}", 10),)


def test_a_key_has_its_scopes_only_and_one_without_scopes_is_unrestricted() -> None:
    account = AccountFactory()
    narrow, _ = make_key(account, scopes=["voices:read"])
    wide, _ = make_key(account)
    caller_of_key(wide, address=ADDRESS).needs_scope("tts:generate")
    caller_of_key(narrow, address=ADDRESS).needs_scope("voices:read")
    with pytest.raises(PermissionDeniedError) as caught:
        caller_of_key(narrow, address=ADDRESS).needs_scope("tts:generate")
    assert (caught.value.status, caught.value.code) == (403, "missing_scope")


def test_scopes_do_not_concern_callers_without_a_key() -> None:
    caller = anonymous_caller(AnonymousPlanFactory(), address=ADDRESS)
    assert [scope for scope in SCOPES if not caller.has_scope(scope)] == []
    caller.needs_scope("tts:generate")  # raises nothing


def test_counters_of_scopes_are_those_that_the_key_or_the_api_limits() -> None:
    key, _ = make_key(requests_per_minute_by_scope={"tts:generate": 2})
    caller, scopes = caller_of_key(key, address=ADDRESS), ["tts:generate", "voices:read", "keys:read"]
    own = RequestBucket(f"requests:key:{key.pk}:tts:generate", 2, "tts:generate")
    assert caller.scope_buckets(scopes, defaults={}) == (own,)
    by_default = RequestBucket(f"requests:key:{key.pk}:voices:read", 5, "voices:read")
    assert caller.scope_buckets(scopes, defaults={"voices:read": 5, "tts:generate": 9}) == (own, by_default)
    assert anonymous_caller(AnonymousPlanFactory(), address=ADDRESS).scope_buckets(scopes, defaults={"keys:read": 1}) == ()


def test_required_account_is_refused_to_views_that_let_anonymous_callers_in() -> None:
    key, _ = make_key()
    caller = caller_of_key(key, address=ADDRESS)
    assert (caller.required_account, caller.key_id, caller.user) == (key.account, key.pk, None)
    anonymous = anonymous_caller(AnonymousPlanFactory(), address=ADDRESS)
    assert anonymous.key_id is None
    with pytest.raises(TypeError, match="HasAccount"):
        anonymous.required_account  # noqa: B018


def test_session_has_the_limits_of_its_plan_and_scopes_of_its_role() -> None:
    account = AccountFactory(plan=PlanFactory(requests_per_minute=10, concurrent_jobs=2))
    membership = MembershipFactory(account=account, role="developer")
    caller = caller_of_session(membership, address=ADDRESS)
    user = membership.user
    assert (caller.key, caller.user, caller.tenant, caller.is_anonymous) == (None, user, f"account:{account.pk}", False)
    assert caller.request_buckets == (RequestBucket(f"requests:account:{account.pk}", 10),)
    assert (caller.counts_jobs_by_key, caller.is_limited_apart, caller.has_scope("keys:write")) == (False, False, True)
