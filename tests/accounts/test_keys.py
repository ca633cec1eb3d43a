"""API keys: shown once, rotated with an overlap, revoked, within the plan unless an operator says otherwise."""

import hashlib
import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.callers import caller_of_key
from apps.accounts.key_lookup import find_key_by_digest
from apps.accounts.models import ApiKey, Plan
from apps.accounts.selectors import find_key
from apps.accounts.services import create_key, revoke_key, rotate_key
from apps.accounts.services import keys as key_services
from apps.accounts.services.keys import has_key_form
from apps.core.errors import ConflictError, InvalidRequestError
from tests.factories import AccountFactory, PlanFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_secret_has_a_prefix_and_43_characters_and_only_its_digest_is_stored() -> None:
    key, secret = create_key(AccountFactory(), name="laptop")
    assert len(secret) == 50
    assert secret.startswith("sk-tts-")
    assert set(secret[7:]) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    stored = ApiKey.objects.values().get(pk=key.pk)
    assert stored["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert stored["prefix"] == secret[:12]
    assert not any(secret in str(value) for value in stored.values())


def test_a_key_of_clonyvoice_begins_with_cvk_and_so_does_its_successor() -> None:
    key, secret = create_key(AccountFactory(), name="laptop", start=key_services.CLONYVOICE_KEY_START)
    assert (secret[:4], len(secret), has_key_form(secret)) == ("cvk_", 47, True)
    successor, new_secret = rotate_key(key, overlap_seconds=60)
    assert (new_secret[:4], len(new_secret), successor.prefix) == ("cvk_", 47, new_secret[:12])


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "cvk_",
        "sk-tts-",
        "cvk_" + "a" * 42,
        "cvk_" + "a" * 44,
        "sk-tts-" + "a" * 40,
        "xyz_" + "a" * 43,
        "cvk_" + "é" * 43,
        "cvk_" + "\ud800" * 43,
    ],
)
def test_text_of_another_form_than_our_keys_is_not_looked_up(secret: str) -> None:
    assert not has_key_form(secret)


def test_no_two_secrets_are_alike() -> None:
    account = AccountFactory()
    assert len({create_key(account, name="k")[1] for _ in range(20)}) == 20


def test_a_secret_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        key, secret = create_key(AccountFactory(), name="laptop")
        new, new_secret = rotate_key(key, overlap_seconds=60)
    for text in (caplog.text, repr(key), str(key), repr(new), repr(vars(new))):
        assert secret[12:] not in text
        assert new_secret[12:] not in text


def test_key_is_found_with_account_and_plan_in_one_query(django_assert_num_queries: object) -> None:
    key, secret = create_key(AccountFactory(), name="laptop")
    with django_assert_num_queries(1):
        found = find_key(secret)
        assert found is not None
        assert (found.pk, found.account.plan.slug) == (key.pk, key.account.plan.slug)
    assert find_key(secret[:-1] + ("A" if secret[-1] != "A" else "B")) is None


def test_a_key_that_is_found_is_the_row_that_the_orm_reads() -> None:
    plan = PlanFactory(allowed_models=["kokoro"], characters_per_day=5)
    key, secret = create_key(AccountFactory(plan=plan), name="ü", scopes=["tts:generate"], concurrent_jobs=1, created_by=UserFactory())
    revoke_key(key)
    found = find_key(secret)
    assert found is not None
    read = ApiKey.objects.select_related("account__plan").get(pk=key.pk)
    for one, other in ((found, read), (found.account, read.account), (found.account.plan, read.account.plan)):
        assert type(one) is type(other)
        names = [field.attname for field in one._meta.concrete_fields]
        assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]


def test_rotated_key_has_an_equal_successor_and_works_until_the_overlap_ends() -> None:
    owner = UserFactory()
    old, _ = create_key(
        AccountFactory(), name="laptop", scopes=["tts:generate"], requests_per_minute=3, concurrent_jobs=1, created_by=owner
    )
    new, secret = rotate_key(old, overlap_seconds=3600)
    assert new.pk != old.pk
    assert find_key(secret) == new
    assert (new.name, new.scopes, new.requests_per_minute, new.concurrent_jobs) == ("laptop", ["tts:generate"], 3, 1)
    assert (new.created_by, new.expires_at) == (owner, None)
    old.refresh_from_db()
    assert old.is_live
    assert timedelta(minutes=59) < old.expires_at - timezone.now() <= timedelta(hours=1)


def test_a_rotation_without_overlap_ends_the_old_key_at_once() -> None:
    old, _ = create_key(AccountFactory(), name="laptop")
    rotate_key(old, overlap_seconds=0)
    old.refresh_from_db()
    assert not old.is_live


def test_a_key_is_rotated_once_and_a_revoked_one_never() -> None:
    account = AccountFactory()
    rotated, _ = create_key(account, name="a")
    revoked, _ = create_key(account, name="b")
    rotate_key(rotated, overlap_seconds=60)
    revoke_key(revoked)
    for key in (rotated, revoked):
        with pytest.raises(ConflictError):
            rotate_key(key, overlap_seconds=60)
    assert ApiKey.objects.count() == 3


@pytest.mark.parametrize("overlap_seconds", [-1, 30 * 24 * 3600 + 1])
def test_an_overlap_has_its_bounds(overlap_seconds: int) -> None:
    key, _ = create_key(AccountFactory(), name="a")
    with pytest.raises(InvalidRequestError):
        rotate_key(key, overlap_seconds=overlap_seconds)


def test_a_second_revocation_changes_nothing() -> None:
    key, _ = create_key(AccountFactory(), name="a")
    revoke_key(key)
    first = key.revoked_at
    revoke_key(key)
    key.refresh_from_db()
    assert key.revoked_at == first


def test_an_owner_cannot_give_a_key_more_than_the_plan() -> None:
    account = AccountFactory(plan=PlanFactory(requests_per_minute=10, concurrent_jobs=2))
    create_key(account, name="within", requests_per_minute=10, concurrent_jobs=2)
    for limits in ({"requests_per_minute": 11}, {"concurrent_jobs": 3}, {"requests_per_minute": 0}):
        with pytest.raises(InvalidRequestError) as caught:
            create_key(account, name="beyond", **limits)
        assert caught.value.param == next(iter(limits))


def test_every_limit_of_a_key_follows_the_plan_unless_its_owner_set_a_lower_one() -> None:
    plan = PlanFactory(requests_per_minute=10, concurrent_jobs=2)
    account = AccountFactory(plan=plan)
    own_limits = {"requests_per_minute": 5, "concurrent_jobs": 1, "requests_per_minute_by_scope": {"tts:generate": 4}}
    open_key, own_key = create_key(account, name="open")[0], create_key(account, name="own", **own_limits)[0]
    keys = [open_key, rotate_key(open_key, overlap_seconds=60)[0], own_key, rotate_key(own_key, overlap_seconds=60)[0]]

    def limits_with(requests_per_minute: int, concurrent_jobs: int) -> list[tuple[int, int]]:
        Plan.objects.filter(pk=plan.pk).update(requests_per_minute=requests_per_minute, concurrent_jobs=concurrent_jobs)
        found = [find_key_by_digest(key.digest) for key in keys]
        return [(one.requests_per_minute_limit, one.concurrent_jobs_limit) for one in found if one is not None]

    assert limits_with(300, 20) == [(300, 20), (300, 20), (5, 1), (5, 1)]
    assert limits_with(3, 1) == [(3, 1)] * 4
    scopes = [caller_of_key(key, address="").scope_buckets(["tts:generate"], defaults={}) for key in keys]
    assert [[bucket.limit for bucket in buckets] for buckets in scopes] == [[], [], [4], [4]]


def test_key_with_a_limit_above_the_plan_is_limited_separately() -> None:
    account = AccountFactory(plan=PlanFactory(requests_per_minute=10))
    key, _ = create_key(account, name="big", requests_per_minute=500, is_operator=True)
    assert (key.requests_per_minute, key.is_limited_apart) == (500, True)
    plain, _ = create_key(account, name="plain", is_operator=True)
    assert not plain.is_limited_apart


def test_an_unknown_scope_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        create_key(AccountFactory(), name="a", scopes=["tts:generate", "tts:sing"])
    assert "'tts:sing'" in caught.value.message
    assert caught.value.code == "unknown_scope"


def test_an_account_has_a_bounded_number_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_services, "LIVE_KEYS_LIMIT", 2)
    account = AccountFactory()
    first, _ = create_key(account, name="1")
    create_key(account, name="2")
    with pytest.raises(ConflictError) as caught:
        create_key(account, name="3")
    assert caught.value.code == "too_many_keys"
    revoke_key(first)
    create_key(account, name="3")
