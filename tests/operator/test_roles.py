"""Roles of operators: each sees exactly its pages, and acts only as its permissions say; refused actions leave nothing but their audit."""

from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Account, ApiKey, User
from apps.audit.models import AuditEntry
from apps.billing.models import LedgerEntry
from apps.catalog.models import Engine
from apps.jobs.models import Job
from apps.operator.admin.auditing import AuditedAdmin
from apps.operator.models import OperatorAction
from apps.operator.roles import FINANCE, OPERATIONS, ROLES, SUPPORT, OperatorRole
from apps.operator.services.roles import ensure_roles, permissions_of
from apps.voices.models import Voice
from tests.factories import UserFactory
from tests.operator.rows import make_one_of_everything, page
from tests.operator.test_pages import MODELS, open_list

pytestmark = pytest.mark.django_db

LISTS = {
    SUPPORT.name: {
        "abuse_reports.AbuseReport", "accounts.Account", "accounts.AnonymousUse", "accounts.ApiKey", "accounts.Plan", "accounts.User",
        "announcements.Announcement", "batches.Batch", "billing.Balance", "conversations.Conversation", "jobs.Job", "jobs.Part", "privacy.Erasure",
        "voices.BlockedVoice", "voices.Takedown", "voices.Voice", "webhooks.Delivery", "webhooks.Endpoint",
    },
    FINANCE.name: {
        "accounts.Account", "accounts.Plan", "accounts.User", "billing.Balance", "billing.LedgerEntry", "billing.ServicePrice", "billing.TierPrice",
    },
    OPERATIONS.name: {
        "accounts.Plan", "announcements.Announcement", "batches.Batch", "cache.CacheEntry", "catalog.Engine", "catalog.StandIn", "catalog.Voice",
        "catalog.Worker", "core.Notice", "jobs.Job", "jobs.Part", "webhooks.Delivery", "webhooks.Endpoint",
    },
}  # fmt: skip
"""Tables that each role lists, beside those of its whole apps."""


def operator_of(role: OperatorRole) -> User:
    ensure_roles()
    user: User = UserFactory(email=f"{role.name}@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role.name))
    return user


def client_of(role: OperatorRole) -> Client:
    client = Client()
    client.force_login(operator_of(role))
    return client


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_opens_exactly_its_lists_and_rows(role: OperatorRole) -> None:
    client = client_of(role)
    make_one_of_everything()
    request = client.get("/admin/").wsgi_request
    for model in MODELS:
        is_its_own = model._meta.label in LISTS[role.name] or model._meta.app_label in role.whole_apps
        if is_its_own:
            assert open_list(model, "", request=request) is not None, model
        else:
            assert client.get(page(model, "changelist")).status_code == 403, model
            row = quote(str(model._default_manager.values_list("pk", flat=True).first()), safe="")
            assert client.get(page(model, "change", row)).status_code == 403, model
    expected = {"support": 403, "finance": 403, "operations": 200}
    assert client.get(reverse("admin:live")).status_code == expected[role.name]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_menu_of_a_role_leads_only_to_pages_that_it_opens(role: OperatorRole) -> None:
    client = client_of(role)
    groups = client.get("/admin/").context["sidebar_navigation"]
    links = [str(item["link"]) for group in groups for item in group["items"] if item["has_permission"]]
    own = [model for model in MODELS if model._meta.label in LISTS[role.name] or model._meta.app_label in role.whole_apps]
    assert len(links) > 5
    assert {*links} <= {"/admin/", *(page(model, "changelist") for model in own), *([reverse("admin:live")] if role is OPERATIONS else [])}


def paths_of_actions() -> dict[str, tuple[str, dict[str, object]]]:
    """Path and form of each action that roles share out, by its permission."""
    account, job, key, voice = (
        Account.objects.earliest("pk"),
        Job.objects.filter(state="queued").get(),
        ApiKey.objects.get(),
        Voice.objects.get(),
    )
    at = f"/admin/accounts/account/{account.pk}"
    return {
        "operator.suspend_account": (f"{at}/suspend/", {"reason": "unpaid"}),
        "operator.change_account_plan": (f"{at}/change_plan/", {"plan": account.plan_id, "reason": "asked"}),
        "operator.impersonate_account": (f"{at}/impersonate/", {"reason": "asked"}),
        "operator.export_account": (f"{at}/export_data/", {}),
        "operator.erase_account": (f"{at}/erase/", {"reason": "asked"}),
        "billing.add_ledgerentry": ("/admin/billing/ledgerentry/adjust/", {"account": account.pk, "amount": "1", "reason": "goodwill"}),
        "operator.revoke_key": (f"/admin/accounts/apikey/{key.pk}/revoke/", {}),
        "jobs.change_job": (f"/admin/jobs/job/{job.pk}/cancel/", {}),
        "operator.requeue_job": (f"/admin/jobs/job/{job.pk}/requeue/", {}),
        "operator.take_down_voice": (f"/admin/voices/voice/{voice.pk}/take_down/", {"reason": "a report"}),
        "catalog.change_engine": ("/admin/catalog/engine/kokoro/set_plans/", {"plans": [account.plan_id]}),
    }


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_an_action_without_its_permission_is_refused_and_only_audited(role: OperatorRole) -> None:
    client = client_of(role)
    make_one_of_everything()
    before = {model: list(model._default_manager.order_by("pk").values()) for model in MODELS if model is not AuditEntry}
    refused = 0
    for permission, (path, form) in paths_of_actions().items():
        if permission not in role.permissions:
            assert client.post(path, form).status_code == 403, path
            refused += 1
    assert refused > 4
    denied = AuditEntry.objects.filter(actor=f"{role.name}@example.com")
    assert (denied.count(), set(denied.values_list("outcome", flat=True))) == (refused, {"denied"})
    for model, rows in before.items():
        assert list(model._default_manager.order_by("pk").values()) == rows, model


def test_roles_are_restored_at_the_next_start_and_other_groups_stay() -> None:
    other = Group.objects.create(name="auditors")
    call_command("ensure_roles")
    support = Group.objects.get(name="support")
    support.permissions.clear()
    Group.objects.get(name="finance").permissions.add(*permissions_of(SUPPORT))
    assert ensure_roles() == 0
    assert set(support.permissions.all()) == set(permissions_of(SUPPORT))
    assert set(Group.objects.get(name="finance").permissions.all()) == set(permissions_of(FINANCE))
    assert other.permissions.count() == 0


def test_support_has_no_permission_over_money_and_nobody_but_superusers_over_roles() -> None:
    named = {role.name: {f"{one.content_type.app_label}.{one.codename}" for one in permissions_of(role)} for role in ROLES}
    assert {one for one in named["support"] if one.startswith(("billing.", "payments."))} == {"billing.view_balance"}
    assert not {one for one in named["operations"] if one.startswith(("billing.", "payments.", "accounts.view_account"))}
    everything = set().union(*named.values())
    assert not {one for one in everything if one.startswith("auth.") or one.endswith(("change_user", "add_user", "_auditentry"))}
    assert {f"operator.{name}" for name, _ in OperatorAction._meta.permissions} - everything == {"operator.erase_account"}


def test_an_unknown_permission_of_a_role_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="permissions that do not exist"):
        permissions_of(OperatorRole("wrong", ("accounts.view_moon",)))


def test_every_table_of_the_admin_is_audited() -> None:
    assert [model for model, model_admin in admin.site._registry.items() if not isinstance(model_admin, AuditedAdmin)] == []
    assert {LedgerEntry, Engine} <= {*admin.site._registry}
