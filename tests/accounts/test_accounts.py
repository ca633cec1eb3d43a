"""Accounts, people and plans."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from pytest_django import Settings

from apps.accounts.models import Account, AccountStatus, Plan, Role, User
from apps.accounts.selectors import find_key
from apps.accounts.services import reactivate_account, register_account, revoke_key, suspend_account
from apps.billing.models import TierPrice
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.jobs.kinds import kind_names_with_recordings
from tests.factories import AccountFactory, PlanFactory, UserFactory

pytestmark = pytest.mark.django_db


def load_defaults() -> None:
    call_command("load_defaults", stdout=StringIO())


def ensure_demo() -> dict[str, str]:
    output = StringIO()
    call_command("ensure_demo", stdout=output)
    return json.loads(output.getvalue())


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.TTSAI_HOME = tmp_path
    load_defaults()
    return tmp_path


def test_a_new_account_is_owned_by_the_person_with_that_address() -> None:
    plan = PlanFactory(is_default=True)
    account = register_account(email=" Owner@Example.com ", name="Owner Ltd")
    assert (account.name, account.plan, account.status) == ("Owner Ltd", plan, AccountStatus.ACTIVE)
    membership = account.memberships.get()
    assert (membership.user.email, membership.role) == ("owner@example.com", Role.OWNER)
    assert not membership.user.has_usable_password()


def test_a_known_person_may_own_a_second_account() -> None:
    owner = UserFactory(email="owner@example.com")
    register_account(email="OWNER@example.com", plan=PlanFactory())
    assert owner.accounts.count() == 1
    assert User.objects.count() == 1


def test_two_people_never_have_one_address() -> None:
    UserFactory(email="owner@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="Owner@example.com")


def test_login_ignores_the_case_of_the_email_address() -> None:
    owner = User.objects.create_user("Owner@Example.com", "a long password")
    assert User.objects.get_by_natural_key("OWNER@example.COM") == owner
    assert owner.check_password("a long password")
    assert owner.password.startswith("argon2")


def test_an_account_is_suspended_and_served_again() -> None:
    account = AccountFactory()
    suspend_account(account, reason="unpaid")
    account.refresh_from_db()
    assert (account.status, account.status_reason) == ("suspended", "unpaid")
    reactivate_account(account)
    account.refresh_from_db()
    assert (account.status, account.status_reason) == ("active", "")


def test_exactly_one_plan_is_the_default() -> None:
    PlanFactory(is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanFactory(is_default=True)


def test_a_new_installation_has_the_plans_of_the_documentation() -> None:
    load_defaults()
    rows = Plan.objects.values_list("slug", "requests_per_minute", "concurrent_jobs", "max_characters")
    assert {slug: limits for slug, *limits in rows} == {
        "anonymous": [10, 2, 5000],
        "free": [10, 2, 500],
        "starter": [30, 3, 1_000_000],
        "pro": [60, 5, 1_000_000],
        "enterprise": [300, 20, 1_000_000],
    }
    anonymous = Plan.objects.get(slug="anonymous")
    assert (anonymous.characters_per_day, anonymous.total_concurrent_jobs) == (5000, 20)
    assert anonymous.allowed_models[:5] == ["pico", "piper", "vits", "melotts", "kokoro"]
    assert (set(anonymous.anonymous_services) - set(kind_names_with_recordings()), anonymous.audio_seconds_per_day) == (set(), 300)
    assert Plan.objects.get(is_default=True).slug == "free"
    assert dict(TierPrice.objects.values_list("tier", "millicredits_per_1k_characters")) == {
        "free": 1000,
        "standard": 2000,
        "premium": 4000,
    }


def test_starting_rows_edited_or_deleted_by_the_operator_are_not_restored() -> None:
    load_defaults()
    Plan.objects.filter(slug="pro").update(requests_per_minute=99)
    Plan.objects.filter(slug="starter").delete()
    load_defaults()
    assert Plan.objects.get(slug="pro").requests_per_minute == 99
    assert not Plan.objects.filter(slug="starter").exists()


def test_the_demo_has_a_pro_key_and_credits_and_an_admin(home: Path) -> None:
    demo = ensure_demo()
    key = find_key(demo["key"])
    assert key is not None
    assert key.account.plan.slug == "pro"
    assert available_millicredits(key.account_id) == 1_000_000
    assert ledger_differences() == []
    assert (home / "secrets" / "demo-key").read_text().strip() == demo["key"]
    admin = User.objects.get(email=demo["admin_email"])
    assert admin.is_superuser
    assert admin.check_password((home / "secrets" / "admin-password").read_text().strip())
    for name in ("demo-key", "admin-password"):
        assert (home / "secrets" / name).stat().st_mode & 0o777 == 0o600
    assert (home / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_second_start_shows_the_same_demo(home: Path) -> None:
    first, password = ensure_demo(), (home / "secrets" / "admin-password").read_text()
    assert ensure_demo() == first
    assert Account.objects.count() == 1
    assert User.objects.count() == 2
    assert (home / "secrets" / "admin-password").read_text() == password


def test_a_demo_key_that_no_longer_opens_is_made_anew(home: Path) -> None:
    first = ensure_demo()["key"]
    key = find_key(first)
    assert key is not None
    revoke_key(key)
    second = ensure_demo()["key"]
    assert second != first
    assert find_key(second) is not None
    (home / "secrets" / "demo-key").unlink()
    assert ensure_demo()["key"] not in {first, second}
    assert available_millicredits(key.account_id) == 1_000_000


def test_a_lost_admin_password_is_replaced(home: Path) -> None:
    ensure_demo()
    (home / "secrets" / "admin-password").unlink()
    ensure_demo()
    admin = User.objects.get(email="admin@localhost")
    assert admin.check_password((home / "secrets" / "admin-password").read_text().strip())
