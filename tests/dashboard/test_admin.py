"""The operator's admin: every page opens, actions ask first, nothing in the ledger can be changed."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Account, AnonymousUse, ApiKey, Plan, User
from apps.accounts.selectors import find_key
from apps.billing.models import LedgerEntry, TierPrice
from apps.billing.selectors import available_millicredits
from apps.billing.services import reserve_credits, settle_credits
from apps.catalog.models import Engine, Worker
from apps.jobs.models import Job
from tests.dashboard.rows import make_job, make_one_of_everything
from tests.factories import AccountFactory, MembershipFactory, PlanFactory, UserFactory, make_key

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def staff(*permissions: str) -> User:
    """One of the staff, with just these rights."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def operator() -> User:
    return UserFactory(email="operator@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def client(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def page(model: type[Model], kind: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


class TestEveryPage:
    """No page fails, with rows and without."""

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_lists_forms_and_rows_open(self, client: Client, model: type[Model]) -> None:
        assert client.get(page(model, "changelist")).status_code == 200
        make_one_of_everything()
        listed = client.get(page(model, "changelist"))
        assert listed.status_code == 200
        row = model._default_manager.first()
        assert row is not None, f"make_one_of_everything lacks {model._meta.label}"
        model_admin = admin.site._registry[model]
        for path in (page(model, "change", quote(str(row.pk), safe="")), page(model, "history", quote(str(row.pk), safe=""))):
            assert client.get(path).status_code == 200
        can_add = model_admin.has_add_permission(listed.wsgi_request)
        assert client.get(page(model, "add")).status_code == (200 if can_add else 403)

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_any_search_opens(self, client: Client, model: type[Model]) -> None:
        if admin.site._registry[model].search_fields:
            for term in ("nothing", "7", "00000000-0000-0000-0000-000000000001", "00000000000000000000000000000001", "'%é"):
                assert client.get(page(model, "changelist"), {"q": term}).status_code == 200

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_every_filter_and_every_order_opens(self, client: Client, model: type[Model]) -> None:
        make_one_of_everything()
        listed = client.get(page(model, "changelist")).context_data["cl"]
        for spec in listed.filter_specs:
            for choice in spec.choices(listed):
                if "query_string" in choice:
                    assert client.get(page(model, "changelist") + choice["query_string"]).status_code == 200
        for column in range(1, len(listed.list_display)):
            assert client.get(page(model, "changelist"), {"o": f"-{column}"}).status_code == 200

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_a_row_that_is_not_there_is_no_failure(self, client: Client, model: type[Model]) -> None:
        assert client.get(page(model, "change", "404404")).status_code in {302, 404}

    def test_the_start_page_opens_with_and_without_rows(self, client: Client) -> None:
        assert client.get("/admin/").status_code == 200
        make_one_of_everything()
        assert client.get("/admin/").status_code == 200

    @pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/search/?s=acc", "/admin/jsi18n/"])
    def test_the_sites_own_pages_open(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 200

    def test_a_stranger_is_shown_the_login_and_a_customer_too(self, client: Client) -> None:
        stranger = Client()
        assert stranger.get("/admin/login/").status_code == 200
        assert stranger.get("/admin/accounts/account/").status_code == 302
        customer = Client()
        customer.force_login(UserFactory())
        assert customer.get("/admin/accounts/account/").status_code == 302


class TestLogin:
    """People log in with an address and a password."""

    @pytest.fixture
    def operator(self) -> User:
        return User.objects.create_superuser("operator@example.com", "a long password")

    def test_an_operator_logs_in_whatever_the_case_of_the_address(self, operator: User) -> None:
        client = Client()
        response = client.post("/admin/login/?next=/admin/", {"username": "Operator@Example.com", "password": "a long password"})
        assert (response.status_code, response["Location"]) == (302, "/admin/")
        assert client.get("/admin/").status_code == 200

    def test_guessing_passwords_is_limited_by_address(self, operator: User) -> None:
        client = Client()
        for _ in range(10):
            wrong = client.post("/admin/login/", {"username": "operator@example.com", "password": "wrong"})
            assert "Please enter the correct" in wrong.content.decode()
        right = client.post("/admin/login/", {"username": "operator@example.com", "password": "a long password"})
        assert "Too many attempts" in right.content.decode()
        elsewhere = client.post(
            "/admin/login/?next=/admin/", {"username": "operator@example.com", "password": "a long password"}, REMOTE_ADDR="192.0.2.1"
        )
        assert elsewhere.status_code == 302

    def test_a_form_without_its_token_is_refused(self, operator: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(operator)
        account = AccountFactory()
        assert client.post(f"/admin/accounts/account/{account.pk}/suspend/", {"reason": "x"}).status_code == 403
        account.refresh_from_db()
        assert account.status == "active"


class TestAccounts:
    """Opening, suspending, adjusting."""

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
    """Read; adjusted by appending."""

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

    def test_who_may_not_adjust_does_not(self) -> None:
        reader = Client()
        reader.force_login(staff("view_ledgerentry"))
        account = AccountFactory(credits=1)
        assert reader.get(page(LedgerEntry, "changelist")).status_code == 200
        response = reader.post(reverse("admin:billing_ledgerentry_adjust"), {"account": account.pk, "amount": "1", "reason": "r"})
        assert response.status_code == 403
        assert available_millicredits(account.pk) == 1000


class TestKeys:
    """Made and rotated through forms, the secret shown once."""

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

    def test_who_may_only_look_makes_rotates_and_revokes_nothing(self) -> None:
        reader = Client()
        reader.force_login(staff("view_apikey"))
        key, _ = make_key()
        for path in (reverse("admin:accounts_apikey_add"), *(f"/admin/accounts/apikey/{key.pk}/{act}/" for act in ("rotate", "revoke"))):
            assert reader.post(path, {"account": key.account_id, "name": "x", "overlap_hours": 1}).status_code == 403
        key.refresh_from_db()
        assert key.is_live
        assert key.expires_at is None


class TestPlans:
    """Rows that the operator edits."""

    @staticmethod
    def body(**changes: Any) -> dict[str, Any]:
        limits = {"requests_per_minute": 5, "concurrent_jobs": 1, "max_characters": 500, "retention_days": 7, "weight": 1}
        return {"name": "New", "slug": "new", "allowed_models": "", **limits, **changes}

    def test_a_plan_is_made(self, client: Client) -> None:
        assert client.post("/admin/accounts/plan/add/", self.body(allowed_models=" piper, kokoro,")).status_code == 302
        plan = Plan.objects.get(slug="new")
        assert plan.allowed_models == ["piper", "kokoro"]
        assert 'value="piper, kokoro"' in client.get(f"/admin/accounts/plan/{plan.pk}/change/").content.decode()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"is_default": "on"}, "is_default"),
            ({"weight": "0"}, "__all__"),
        ],
    )
    def test_a_wrong_plan_is_explained(self, client: Client, changes: dict[str, str], field: str) -> None:
        PlanFactory(is_default=True)
        response = client.post("/admin/accounts/plan/add/", self.body(**changes))
        assert response.status_code == 200
        assert field in response.context["adminform"].form.errors


class TestJobsAndModels:
    """Stopped, priced, switched off."""

    def test_a_job_is_cancelled_after_asking(self, client: Client) -> None:
        account = AccountFactory(credits=1)
        job = make_job(account, state="queued")
        reserve_credits(account.pk, job_uuid=job.uuid, amount_millicredits=68)
        path = f"/admin/jobs/job/{job.pk}/cancel/"
        assert client.get(path).status_code == 200
        job.refresh_from_db()
        assert job.state == "queued"
        assert client.post(path).status_code == 302
        job.refresh_from_db()
        assert job.state == "cancelled"
        assert available_millicredits(account.pk) == 1000
        assert "The job is over" in client.post(path).content.decode()

    def test_who_may_only_look_cancels_nothing(self) -> None:
        reader = Client()
        reader.force_login(staff("view_job"))
        job = make_job(AccountFactory(), state="queued")
        assert reader.get(page(Job, "change", job.pk)).status_code == 200
        assert reader.post(f"/admin/jobs/job/{job.pk}/cancel/").status_code == 403
        job.refresh_from_db()
        assert job.state == "queued"

    def test_a_model_is_priced_and_switched_off_and_keeps_its_announcement(self, client: Client) -> None:
        make_one_of_everything()
        TierPrice.objects.create(tier="premium", millicredits_per_1k_characters=4000)
        assert "2 (tier)" in client.get("/admin/catalog/engine/").content.decode()
        path = "/admin/catalog/engine/kokoro/change/"
        assert client.post(path, {"tier": "premium", "millicredits_per_1k": "3500", "name": "Other"}).status_code == 302
        engine = Engine.objects.get()
        assert (engine.tier, engine.millicredits_per_1k, engine.is_enabled, engine.name) == ("premium", 3500, False, "Kokoro")
        assert client.post(path, {"tier": "unheard-of"}).status_code == 200

    def test_models_are_switched_in_the_list(self, client: Client) -> None:
        make_one_of_everything()
        body = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "kokoro", "_save": "Save"}
        assert client.post("/admin/catalog/engine/", body).status_code == 302
        engine = Engine.objects.get()
        assert (engine.is_enabled, engine.tier) == (False, "standard")

    def test_the_start_page_counts_jobs_failures_workers_and_credits(self, client: Client) -> None:
        account = AccountFactory(credits=1)
        for state in ("completed", "completed", "failed", "queued"):
            job = make_job(account, state=state)
        reserve_credits(account.pk, job_uuid=job.uuid, amount_millicredits=68)
        settle_credits(account.pk, job_uuid=job.uuid, reserved_millicredits=68, charged_millicredits=50)
        Worker.objects.create(name="live", boot="a")
        Worker.objects.create(name="silent", boot="a", last_seen_at=timezone.now() - timedelta(minutes=1))
        cards = {card["title"]: (card["value"], card["note"]) for card in client.get("/admin/").context["cards"]}
        assert cards["Workers alive"] == ("1", "1 silent")
        assert cards["Parts waiting"] == ("1", "0 in flight")
        assert cards["Jobs in 24 hours"] == ("4", "68 characters spoken")
        assert cards["Failed in 24 hours"] == ("1", "33.3% of those that ended")
        assert cards["Credits charged in 24 hours"] == ("0.050", "1 accounts")

    def test_the_start_page_shows_no_figures_to_who_may_not_see_jobs(self) -> None:
        reader = Client()
        reader.force_login(staff("view_plan"))
        response = reader.get("/admin/")
        assert response.status_code == 200
        assert "cards" not in response.context


class TestPeople:
    """Rights are handed out by superusers only."""

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
