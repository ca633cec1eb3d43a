"""Pages of keys."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from apps.account_pages.scope_groups import SCOPE_GROUPS
from apps.accounts.models import Account, ApiKey, Role
from apps.accounts.scopes import SCOPES
from tests.account_pages.conftest import MemberOf
from tests.factories import make_key

KEYS = "/dashboard/keys/"


def secret_in(page: str) -> str:
    found = re.search(r'<span id="new-secret">([^<]+)</span>', page)
    assert found is not None
    return found[1]


def named_key(account: Account, name: str, **limits: Any) -> tuple[ApiKey, str]:
    key, secret = make_key(account, **limits)
    ApiKey.objects.filter(pk=key.pk).update(name=name)
    return ApiKey.objects.get(pk=key.pk), secret


def test_scopes_of_the_form_are_all_scopes_of_keys() -> None:
    assert sorted(scope for group in SCOPE_GROUPS for scope in group.scopes) == sorted(SCOPES)


def test_new_key_is_shown_once_and_has_what_was_chosen(browser: Client, account: Account) -> None:
    assert "No keys yet" in browser.get(KEYS).content.decode()
    form = {
        "name": "Website", "access": "some", "scopes": ["tts:generate", "voices:read"], "limit:tts:generate": "10", "limit:jobs:read": "5",
        "requests_per_minute": "30", "monthly_cap_credits": "12.5",
    }  # fmt: skip
    made = browser.post(f"{KEYS}new/", form)
    secret = secret_in(made.content.decode())
    assert Client().get("/v1/voices/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    key = ApiKey.objects.get()
    assert (key.account, key.created_by, key.scopes) == (account, account.users.get(), ["tts:generate", "voices:read"])
    assert (key.requests_per_minute, key.requests_per_minute_by_scope, key.monthly_cap_millicredits) == (30, {"tts:generate": 10}, 12500)
    listed = browser.get(KEYS).content.decode()
    assert secret not in listed
    assert all(text in listed for text in ("Website", secret[:12], "2 scopes", "of 12.5"))


def test_invalid_fields_of_a_new_key_are_reported_beside_them(browser: Client, account: Account) -> None:
    plan = account.plan
    for form, message in (
        ({"access": "all"}, "Fill in this field."),
        ({"name": "a", "access": "some"}, "Choose at least one"),
        ({"name": "a", "access": "all", "limit:tts:generate": "many"}, "The limit of tts:generate is &#x27;many&#x27;"),
        (
            {"name": "a", "access": "all", "concurrent_jobs": str(plan.concurrent_jobs + 1)},
            f"concurrent_jobs of a key is 1 to {plan.concurrent_jobs}",
        ),
        ({"name": "a", "access": "all", "monthly_cap_credits": "0"}, "greater than or equal to 0.001"),
    ):
        answer = browser.post(f"{KEYS}new/", form)
        assert (answer.status_code, message in answer.content.decode()) == (422, True), message
    assert ApiKey.objects.count() == 0


def test_rotated_key_works_until_the_chosen_time_and_revoked_one_not_at_all(browser: Client, account: Account) -> None:
    key, old = named_key(account, "Laptop", scopes=["account:read"])
    new = secret_in(browser.post(f"{KEYS}{key.pk}/rotate/", {"overlap_seconds": "3600"}).content.decode())
    key.refresh_from_db()
    assert key.expires_at is not None
    assert abs(key.expires_at - timezone.now() - timedelta(hours=1)) < timedelta(minutes=1)
    successor = ApiKey.objects.exclude(pk=key.pk).get()
    assert (successor.name, successor.scopes) == ("Laptop", ["account:read"])
    assert browser.post(f"{KEYS}{successor.pk}/revoke/").headers["Location"] == KEYS
    statuses = [Client().get("/v1/account/", headers={"Authorization": f"Bearer {secret}"}).status_code for secret in (old, new)]
    assert statuses == [200, 401]
    assert browser.post(f"{KEYS}{key.pk}/rotate/", {"overlap_seconds": "0"}).status_code == 409
    assert "revoked" in browser.get(f"{KEYS}{successor.pk}/").content.decode().lower()


def test_name_and_cap_of_a_key_can_be_changed(browser: Client, account: Account) -> None:
    key, _ = named_key(account, "Laptop")
    assert browser.post(f"{KEYS}{key.pk}/", {"name": "Phone", "monthly_cap_credits": "3"}).status_code == 302
    key.refresh_from_db()
    assert (key.name, key.monthly_cap_millicredits) == ("Phone", 3000)
    assert browser.post(f"{KEYS}{key.pk}/", {"name": "Phone", "monthly_cap_credits": ""}).status_code == 302
    key.refresh_from_db()
    assert key.monthly_cap_millicredits is None


def test_access_and_limits_of_a_key_can_be_changed_within_the_plan(browser: Client, account: Account) -> None:
    key, secret = named_key(account, "Laptop", scopes=["tts:generate"], requests_per_minute_by_scope={"tts:generate": 10})
    address = f"{KEYS}{key.pk}/access/"
    page = browser.get(address).content.decode()
    assert 'id="scope-tts:generate" checked' in page
    assert 'name="limit:tts:generate" value="10"' in page
    too_many = {"access": "all", "concurrent_jobs": str(account.plan.concurrent_jobs + 1)}
    assert browser.post(address, too_many).status_code == 422
    chosen = {"access": "some", "scopes": ["voices:read", "jobs:read"], "limit:jobs:read": "5", "requests_per_minute": "30"}
    assert browser.post(address, chosen).headers["Location"] == f"{KEYS}{key.pk}/"
    key.refresh_from_db()
    assert (key.scopes, key.requests_per_minute_by_scope, key.requests_per_minute) == (["jobs:read", "voices:read"], {"jobs:read": 5}, 30)
    assert Client().get("/v1/voices/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_limits_that_an_operator_set_above_the_plan_may_stay(browser: Client, account: Account) -> None:
    key, _ = named_key(account, "Studio")
    generous = account.plan.requests_per_minute + 100
    ApiKey.objects.filter(pk=key.pk).update(requests_per_minute=generous, is_limited_apart=True)
    form = {"access": "some", "scopes": ["tts:generate"], "requests_per_minute": str(generous)}
    assert browser.post(f"{KEYS}{key.pk}/access/", form).status_code == 302
    assert browser.post(f"{KEYS}{key.pk}/access/", {**form, "requests_per_minute": str(generous + 1)}).status_code == 422


def test_page_of_a_key_offers_a_viewer_no_revocation(account: Account, browser_of: MemberOf) -> None:
    key, _ = named_key(account, "Laptop")
    page = browser_of(Role.VIEWER, account).get(f"{KEYS}{key.pk}/").content.decode()
    assert ("Laptop" in page, "Revoke" in page) == (True, False)
