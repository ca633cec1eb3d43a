"""Commands that change something are in the audit log, by the operating-system user who ran them."""

import os
import pwd
from io import StringIO

import pytest
from click.testing import CliRunner, Result
from django.core.management import CommandError, call_command
from django.test import override_settings

from apps.accounts.models import Account, ApiKey, Plan, User
from apps.audit.commands import command_actor
from apps.audit.models import AuditEntry
from apps.billing.selectors import available_millicredits
from tests.factories import PlanFactory, make_key
from ttsai.cli import main

pytestmark = pytest.mark.django_db
EMAIL = "owner@example.com"
ACTOR = f"command line ({pwd.getpwuid(os.getuid()).pw_name})"


@pytest.fixture(autouse=True)
def _plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    PlanFactory(slug="free", is_default=True, requests_per_minute=10)
    PlanFactory(slug="pro", requests_per_minute=60)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def logged() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "outcome", "message"))


def test_creating_a_key_logs_the_account_the_credits_and_the_key_without_its_secret() -> None:
    secret = run("keys", "create", "--email", EMAIL, "--plan", "pro", "--credits", "10").stdout.strip()
    assert logged() == [
        ("create_account", "done", f"Account of {EMAIL}"),
        ("adjust_credits", "done", "Credits given with a key: 10"),
        ("create_key", "done", f"Key created for {EMAIL}"),
    ]
    account, key = Account.objects.get(), ApiKey.objects.get()
    assert {(entry.actor, entry.account_id) for entry in AuditEntry.objects.all()} == {(ACTOR, account.pk)}
    entry = AuditEntry.objects.get(action="create_key")
    assert (entry.object_type, entry.object_id, entry.after["prefix"], entry.after["digest"]) == (
        "accounts.apikey",
        str(key.pk),
        secret[:12],
        "(hidden)",
    )
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_key_on_another_plan_logs_the_change_of_the_plan_with_both_values() -> None:
    run("keys", "create", "--email", EMAIL, "--plan", "free")
    run("keys", "create", "--email", EMAIL, "--plan", "pro")
    entry = AuditEntry.objects.get(action="change_plan")
    free, pro = (Plan.objects.get(slug=slug).pk for slug in ("free", "pro"))
    assert (entry.before, entry.after) == ({"plan_id": free}, {"plan_id": pro})


def test_granting_credits_is_logged_with_amount_and_reason_in_the_same_transaction() -> None:
    run("keys", "create", "--email", EMAIL, "--credits", "1")
    assert run("credits", "grant", "--email", EMAIL, "--credits", "2.5", "--reason", "goodwill").exit_code == 0
    assert logged()[-1] == ("adjust_credits", "done", "Credits adjusted by 2.5: goodwill")


def test_a_refused_command_is_logged_as_failed_with_what_was_asked() -> None:
    run("keys", "create", "--email", EMAIL, "--credits", "1")
    account = Account.objects.get()
    assert run("credits", "grant", "--email", EMAIL, "--credits=-5").exit_code == 1
    action, outcome, message = logged()[-1]
    assert (action, outcome, message.startswith(f"{EMAIL}: "), available_millicredits(account.pk)) == (
        "adjust_credits",
        "failed",
        True,
        1000,
    )


def test_revoking_a_key_is_logged_and_a_wrong_key_is_not_written_down() -> None:
    key, secret = make_key()
    assert run("keys", "revoke", secret).exit_code == 0
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.message, entry.object_id, list(entry.after)) == ("revoke_key", "Revoked", str(key.pk), ["revoked_at"])
    assert run("keys", "revoke", "sk-tts-a-whole-secret-of-somebody").exit_code == 1
    assert logged()[-1] == ("revoke_key", "failed", "There is no such key.")


def test_listing_and_showing_write_nothing_to_the_log() -> None:
    run("keys", "list")
    run("credits", "show", "--email", EMAIL)
    assert logged() == []


def test_djangos_system_checks_find_no_error_before_documented_commands() -> None:
    """`manage.py` runs them before `createsuperuser` and `create_stripe_prices`; `call_command` does not."""
    call_command("check", fail_level="WARNING", stdout=StringIO(), stderr=StringIO())


def test_prices_without_a_stripe_key_are_refused_in_one_sentence() -> None:
    call_command("load_offers", stdout=StringIO())
    with pytest.raises(CommandError, match="Payments are not set up on this server"):
        call_command("create_stripe_prices", stdout=StringIO())


def test_making_a_superuser_is_logged_before_and_after_with_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough sentence")
    call_command("createsuperuser", "--noinput", "--email", "boss@example.com", stdout=StringIO())
    boss = User.objects.get(email="boss@example.com")
    entries = AuditEntry.objects.order_by("pk").values_list("action", "outcome", "message", "object_id", "actor")
    assert list(entries) == [
        ("create_superuser", "requested", "Requested: boss@example.com", "", ACTOR),
        ("create_superuser", "done", "Superuser created", str(boss.pk), ACTOR),
    ]


def test_a_new_password_by_command_is_logged_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user("boss@example.com", "the old sentence of before")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "another long sentence")
    call_command("changepassword", "boss@example.com", stdout=StringIO())
    assert logged() == [("change_password", "requested", "Requested: boss@example.com"), ("change_password", "done", "Password changed")]
    with pytest.raises(CommandError, match="does not exist"):
        call_command("changepassword", "nobody@example.com")
    assert logged()[-1] == ("change_password", "failed", "nobody@example.com: user 'nobody@example.com' does not exist")


def test_purging_the_cache_is_logged_with_its_scope_and_a_wrong_call_changes_nothing() -> None:
    call_command("purge_cache", "--voice", "af_heart", stdout=StringIO())
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.message, entry.after) == ("clear_cache", "0 cached results deleted", {"voice": "af_heart"})


def test_commands_of_each_start_are_logged_only_when_they_change_something(tmp_path: object) -> None:
    Plan.objects.all().delete()
    with override_settings(TTSAI_HOME=tmp_path):
        for _ in range(2):
            for command in ("load_defaults", "load_offers", "ensure_roles", "ensure_demo"):
                call_command(command, stdout=StringIO())
    assert [action for action, _, _ in logged() if action != "ensure_demo"] == ["load_defaults", "load_offers", "ensure_roles"]
    assert [message for action, _, message in logged() if action == "ensure_demo"] == [
        "Demo account created",
        "Key of the demo account created",
        "Superuser created",
    ]


def test_the_actor_is_the_user_of_the_process_and_who_used_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody-else")
    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert command_actor() == ACTOR
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setenv("SUDO_UID", "4294967290")
    assert command_actor() == "command line (root, by sudo of user 4294967290)"
