"""The operator's admin: actions ask for confirmation, the ledger is immutable, permissions are enforced."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Account, AnonymousUse, ApiKey, Plan, User
from apps.accounts.selectors import find_key
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits
from tests.factories import AccountFactory, MembershipFactory, PlanFactory, make_key
from tests.operator.rows import make_one_of_everything, page, staff

pytestmark = pytest.mark.django_db


class TestLogin:
    @pytest.fixture
    def operator(self) -> User:
        return User.objects.create_superuser("operator@example.com", "a long password")

    def test_operator_login_ignores_the_case_of_the_email_address(self, operator: User) -> None:
        client = Client()
        response = client.post("/admin/login/?next=/admin/", {"username": "Operator@Example.com", "password": "a long password"})
        assert (response.status_code, response["Location"]) == (302, "/admin/")
        assert client.get("/admin/").status_code == 200

    def test_guessing_passwords_is_limited_by_address(self, operator: User) -> None:
        client = Client()
        for number in range(10):
            wrong = client.post("/admin/login/", {"username": f"operator-{number}@example.com", "password": "wrong"})
            assert "Please enter the correct" in wrong.content.decode()
        right = client.post("/admin/login/", {"username": "operator@example.com", "password": "a long password"})
        assert "Too many attempts" in right.content.decode()
        elsewhere = client.post(
            "/admin/login/?next=/admin/", {"username": "operator@example.com", "password": "a long password"}, REMOTE_ADDR="192.0.2.1"
        )
        assert elsewhere.status_code == 302

    def test_guessing_passwords_of_an_account_is_limited_from_all_addresses_and_login_pages(self, operator: User) -> None:
        for number in range(1, 6):
            host, place = f"{number}.example.com", f"192.0.2.{number}"
            Client(REMOTE_ADDR=place, HTTP_HOST=host).post("/admin/login/", {"username": "Operator@example.com", "password": "wrong"})
        right = {"username": "operator@example.com", "password": "a long password"}
        assert "Too many attempts to sign in" in Client(REMOTE_ADDR="192.0.2.7").post("/admin/login/", right).content.decode()
        own = {"login": "operator@example.com", "password": "a long password"}
        assert "Too many attempts to sign in" in Client(REMOTE_ADDR="192.0.2.8").post("/account/login/", own).content.decode()

    def test_right_passwords_do_not_count_as_attempts(self, operator: User) -> None:
        right = {"username": "operator@example.com", "password": "a long password"}
        assert [Client().post("/admin/login/?next=/admin/", right).status_code for _ in range(7)] == [302] * 7

    def test_a_form_without_its_token_is_refused(self, operator: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(operator)
        account = AccountFactory()
        assert client.post(f"/admin/accounts/account/{account.pk}/suspend/", {"reason": "x"}).status_code == 403
        account.refresh_from_db()
        assert account.status == "active"


class TestAccounts:
    def test_a_new_account_has_an_owner_and_its_bonus(self, client: Client) -> None:
        plan = PlanFactory()
        path = reverse("admin:accounts_account_add")
        response = client.post(path, {"name": "Owner Ltd", "plan": plan.pk, "owner_email": "owner@example.com"})
        assert response.status_code == 302
        account = Account.objects.get(name="Owner Ltd")
        assert account.users.get().email == "owner@example.com"
        entry = LedgerEntry.objects.get(account=account)
        assert (entry.amount_millicredits, entry.actor) == (60_000, "operator@example.com")

    def test_an_account_is_renamed_and_its_members_changed(self, client: Client) -> None:
        member = MembershipFactory()
        account = member.account
        path = page(Account, "change", account.pk)
        management = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
        management |= {f"{prefix}-{name}_FORMS": "0" for prefix in ("keys", "ledger_entries") for name in ("TOTAL", "INITIAL")}
        body = {"name": "New name", "plan": account.plan_id, "memberships-0-id": member.pk, "memberships-0-account": account.pk}
        body |= {"memberships-0-user": member.user_id, "memberships-0-role": "owner"}
        assert client.post(path, body | management).status_code == 302
        account.refresh_from_db()
        member.refresh_from_db()
        assert (account.name, member.role) == ("New name", "owner")

    def test_suspending_asks_for_a_reason_first(self, client: Client) -> None:
        account = AccountFactory()
        path = f"/admin/accounts/account/{account.pk}/suspend/"
        assert client.get(path).status_code == 200
        assert client.post(path, {"reason": ""}).status_code == 200
        account.refresh_from_db()
        assert account.status == "active"
        assert client.post(path, {"reason": "unpaid"}).status_code == 302
        account.refresh_from_db()
        assert (account.status, account.status_reason) == ("suspended", "unpaid")
        assert client.post(f"/admin/accounts/account/{account.pk}/reactivate/").status_code == 302
        account.refresh_from_db()
        assert account.status == "active"

    def test_an_account_cannot_be_deleted(self, client: Client) -> None:
        account = AccountFactory(credits=1)
        assert client.post(page(Account, "delete", account.pk), {"post": "yes"}).status_code == 403
        client.post(page(Account, "changelist"), {"action": "delete_selected", "_selected_action": [account.pk], "post": "yes"})
        assert Account.objects.filter(pk=account.pk).exists()

    def test_forgetting_an_address_gives_it_its_characters_again(self, client: Client) -> None:
        make_one_of_everything()
        use = AnonymousUse.objects.get()
        assert client.post(page(AnonymousUse, "delete", use.pk), {"post": "yes"}).status_code == 302
        assert not AnonymousUse.objects.exists()


class TestTheLedger:
    def test_an_adjustment_has_an_amount_a_reason_and_the_operators_name(self, client: Client) -> None:
        account = AccountFactory(credits=1)
        path = reverse("admin:billing_ledgerentry_adjust")
        assert client.get(path, {"account": account.pk}).status_code == 200
        assert client.post(path, {"account": account.pk, "amount": "2.5", "reason": "goodwill"}).status_code == 302
        entry = LedgerEntry.objects.filter(account=account).first()
        assert (entry.kind, entry.amount_millicredits, entry.balance_after_millicredits) == ("adjustment", 2500, 3500)
        assert (entry.reason, entry.actor) == ("goodwill", "operator@example.com")

    @pytest.mark.parametrize(
        "wrong", [{"amount": "0"}, {"amount": "1.0001"}, {"amount": "x"}, {"amount": "-2"}, {"reason": ""}, {"account": "9999999"}]
    )
    def test_a_wrong_adjustment_is_explained_and_moves_nothing(self, client: Client, wrong: dict[str, str]) -> None:
        account = AccountFactory(credits=1)
        body = {"account": account.pk, "amount": "1", "reason": "r"} | wrong
        response = client.post(reverse("admin:billing_ledgerentry_adjust"), body)
        assert response.status_code == 200
        assert response.context["form"].errors
        assert available_millicredits(account.pk) == 1000

    def test_an_entry_can_be_neither_added_nor_changed_nor_deleted(self, client: Client) -> None:
        account = AccountFactory(credits=1)
        entry = LedgerEntry.objects.get(account=account)
        body = {"amount_millicredits": "9", "post": "yes"}
        for path in (page(LedgerEntry, "add"), page(LedgerEntry, "change", entry.pk), page(LedgerEntry, "delete", entry.pk)):
            assert client.post(path, body).status_code == 403
        assert available_millicredits(account.pk) == 1000

    def test_adjusting_the_ledger_requires_the_finance_permission(self) -> None:
        reader = Client()
        reader.force_login(staff("view_ledgerentry"))
        account = AccountFactory(credits=1)
        assert reader.get(page(LedgerEntry, "changelist")).status_code == 200
        response = reader.post(reverse("admin:billing_ledgerentry_adjust"), {"account": account.pk, "amount": "1", "reason": "r"})
        assert response.status_code == 403
        assert available_millicredits(account.pk) == 1000


class TestKeys:
    def test_a_new_key_is_shown_once_and_nowhere_kept(self, client: Client, operator: User) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=10))
        path = reverse("admin:accounts_apikey_add")
        assert client.get(path, {"account": account.pk}).status_code == 200
        response = client.post(path, {"account": account.pk, "name": "laptop", "scopes": ["tts:generate"], "requests_per_minute": "50"})
        key = ApiKey.objects.get()
        secret = response.context["secret"]
        assert f'value="{secret}"' in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        assert find_key(secret) == key
        assert (key.scopes, key.requests_per_minute, key.is_limited_apart, key.created_by) == (["tts:generate"], 50, True, operator)
        for place in (page(ApiKey, "changelist"), page(ApiKey, "change", key.pk), page(ApiKey, "history", key.pk), "/admin/"):
            assert secret[12:] not in client.get(place).content.decode()
        assert secret[12:] not in json.dumps(dict(client.session))

    def test_scopes_and_limits_of_scopes_are_shown_and_edited(self, client: Client) -> None:
        key, _ = make_key(requests_per_minute_by_scope={"tts:generate": 10})
        path = page(ApiKey, "change", key.pk)
        assert 'value="tts:generate=10"' in client.get(path).content.decode()
        body = {"name": "test", "scopes": ["tts:generate", "stt:transcribe"], "requests_per_minute_by_scope": "stt:transcribe = 5,"}
        assert client.post(path, body).status_code == 302
        key.refresh_from_db()
        assert (key.scopes, key.requests_per_minute_by_scope) == (["tts:generate", "stt:transcribe"], {"stt:transcribe": 5})
        assert client.post(path, {"name": "test", "requests_per_minute_by_scope": ""}).status_code == 302
        key.refresh_from_db()
        assert (key.scopes, key.requests_per_minute_by_scope) == ([], {})

    @pytest.mark.parametrize(
        ("limits", "message"),
        [
            ("tts:generate", "is no limit"),
            ("tts:sing=1", "Unknown scope"),
            ("tts:generate=0", "must be at least 1"),
            ("stt:transcribe=1", "lacks"),
        ],
    )
    def test_invalid_scope_limits_are_reported_and_change_nothing(self, client: Client, limits: str, message: str) -> None:
        key, _ = make_key()
        for path, body in ((page(ApiKey, "change", key.pk), {}), (reverse("admin:accounts_apikey_add"), {"account": key.account_id})):
            answer = client.post(path, {"name": "x", "scopes": ["tts:generate"], "requests_per_minute_by_scope": limits, **body})
            assert (answer.status_code, message in answer.content.decode()) == (200, True)
        key.refresh_from_db()
        assert (key.name, key.requests_per_minute_by_scope, ApiKey.objects.count()) == ("test", {}, 1)

    def test_a_rotation_shows_the_successor(self, client: Client) -> None:
        key, _ = make_key()
        path = f"/admin/accounts/apikey/{key.pk}/rotate/"
        assert client.get(path).status_code == 200
        response = client.post(path, {"overlap_hours": "1"})
        assert find_key(response.context["secret"]) != key
        again = client.post(path, {"overlap_hours": "1"})
        assert "revoked or rotated before" in again.content.decode()
        assert ApiKey.objects.count() == 2

    def test_a_key_is_revoked(self, client: Client) -> None:
        key, _ = make_key()
        assert client.get(f"/admin/accounts/apikey/{key.pk}/revoke/").status_code == 200
        key.refresh_from_db()
        assert key.is_live
        assert client.post(f"/admin/accounts/apikey/{key.pk}/revoke/").status_code == 302
        key.refresh_from_db()
        assert not key.is_live

    def test_creating_rotating_and_revoking_keys_requires_permissions(self) -> None:
        reader = Client()
        reader.force_login(staff("view_apikey"))
        key, _ = make_key()
        for path in (reverse("admin:accounts_apikey_add"), *(f"/admin/accounts/apikey/{key.pk}/{act}/" for act in ("rotate", "revoke"))):
            assert reader.post(path, {"account": key.account_id, "name": "x", "overlap_hours": 1}).status_code == 403
        key.refresh_from_db()
        assert key.is_live
        assert key.expires_at is None


class TestPlans:
    @staticmethod
    def body(**changes: Any) -> dict[str, Any]:
        limits = {"requests_per_minute": 5, "concurrent_jobs": 1, "max_characters": 500, "retention_days": 7, "weight": 1}
        limits |= {"max_voices": 3, "max_samples": 5, "max_projects": 2}
        return {"name": "New", "slug": "new", "allowed_models": "", **limits, **changes}

    def test_a_plan_is_made(self, client: Client) -> None:
        assert client.post("/admin/accounts/plan/add/", self.body(allowed_models=" piper, kokoro,")).status_code == 302
        plan = Plan.objects.get(slug="new")
        assert plan.allowed_models == ["piper", "kokoro"]
        assert 'value="piper, kokoro"' in client.get(f"/admin/accounts/plan/{plan.pk}/change/").content.decode()

    def test_a_wrong_plan_is_explained(self, client: Client) -> None:
        response = client.post("/admin/accounts/plan/add/", self.body(weight="0"))
        assert response.status_code == 200
        assert "__all__" in response.context["adminform"].form.errors

    def test_the_plan_of_new_accounts_is_moved_by_an_action_and_never_missing(self, client: Client) -> None:
        before, after = PlanFactory(is_default=True), PlanFactory()
        assert client.post(f"/admin/accounts/plan/{before.pk}/change/", self.body(name="Kept")).status_code == 302
        assert client.post(f"/admin/accounts/plan/{before.pk}/delete/", {"post": "yes"}).status_code == 403
        assert Plan.objects.get(is_default=True) == before
        assert client.post(f"/admin/accounts/plan/{after.pk}/make_default/").status_code == 302
        assert Plan.objects.get(is_default=True) == after
        assert client.post(f"/admin/accounts/plan/{before.pk}/delete/", {"post": "yes"}).status_code == 302
        assert not Plan.objects.filter(pk=before.pk).exists()


class TestPeople:
    def test_a_person_is_made_with_a_password(self, client: Client) -> None:
        body = {
            "email": "New@Example.com",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "usable_password": "true",
        }
        body |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
        assert client.post("/admin/accounts/user/add/", body).status_code == 302
        user = User.objects.get(email="new@example.com")
        assert user.check_password("correct horse battery")

    def test_the_staff_cannot_promote_themselves_nor_touch_a_superuser(self, operator: User) -> None:
        user = staff("view_user", "change_user")
        client = Client()
        client.force_login(user)
        body = {"email": user.email, "name": "", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
        body |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
        client.post(f"/admin/accounts/user/{user.pk}/change/", body)
        user.refresh_from_db()
        assert not user.is_superuser
        passwords = {"password1": "correct horse battery", "password2": "correct horse battery"}
        assert client.post(f"/admin/accounts/user/{operator.pk}/password/", passwords).status_code == 403
        operator.refresh_from_db()
        assert not operator.check_password("correct horse battery")


def test_djangos_shortcut_to_a_page_on_the_site_does_not_exist(client: Client) -> None:
    """Models of statistics have no table, in which it would look for a row."""
    assert client.get("/admin/r/1/2/").status_code == 404
