"""`ttsai keys` and `ttsai credits`."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from apps.accounts.models import Account, ApiKey
from apps.accounts.selectors import find_key
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from tests.factories import MembershipFactory, PlanFactory, make_key
from ttsai.cli import main

pytestmark = pytest.mark.django_db
EMAIL = "owner@example.com"


@pytest.fixture(autouse=True)
def _plans() -> None:
    PlanFactory(slug="free", is_default=True, requests_per_minute=10)
    PlanFactory(slug="pro", requests_per_minute=60)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def run_json(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_keys_create_prints_the_key_alone_and_grants_the_credits() -> None:
    result = run("keys", "create", "--email", EMAIL, "--plan", "pro", "--credits", "10")
    assert result.exit_code == 0
    key = find_key(result.stdout.removesuffix("\n"))
    assert key is not None
    assert key.account.plan.slug == "pro"
    assert available_millicredits(key.account_id) == 10_000
    assert ledger_differences() == []
    assert LedgerEntry.objects.get().actor.startswith("command line (")


def test_key_of_a_new_account_without_credits_option_has_bonus_and_default_plan() -> None:
    made = run_json("keys", "create", "--email", EMAIL)
    assert (made["plan"], made["credits"]) == ("free", 60)
    assert made["key"].startswith(made["prefix"])


def test_a_second_key_of_a_person_is_one_of_the_same_account() -> None:
    first = run_json("keys", "create", "--email", EMAIL, "--plan", "pro", "--credits", "10")
    second = run_json("keys", "create", "--email", EMAIL.upper(), "--credits", "0.5")
    assert (second["account"], second["plan"], second["credits"]) == (first["account"], "pro", 10.5)
    third = run_json("keys", "create", "--email", EMAIL, "--plan", "free")
    assert (third["account"], third["plan"], third["credits"]) == (first["account"], "free", 10.5)
    assert Account.objects.count() == 1


def test_limits_and_scopes_of_a_key_may_exceed_the_plan() -> None:
    made = run_json(
        *("keys", "create", "--email", EMAIL, "--requests-per-minute", "5000", "--concurrent", "50"),
        *("--scope", "tts:generate", "--scope", "voices:read", "--scope-limit", "voices:read", "7"),
    )
    key = ApiKey.objects.get(pk=made["id"])
    assert (key.requests_per_minute, key.concurrent_jobs, key.is_limited_apart) == (5000, 50, True)
    assert (key.scopes, key.requests_per_minute_by_scope) == (["tts:generate", "voices:read"], {"voices:read": 7})


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--plan", "gold"], "There is no plan 'gold'. Available: free, pro."),
        (["--scope", "tts:sing"], "Unknown scope 'tts:sing'"),
        (["--credits", "many"], "'many' is not a number"),
        (["--credits", "1.2345"], "three decimals"),
        (["--credits", "nan"], "three decimals"),
        (["--credits", "-1"], "never goes below zero"),
        (["--concurrent", "0"], "is not in the range"),
    ],
)
def test_a_wrong_option_is_one_clear_line_and_creates_nothing(arguments: list[str], complaint: str) -> None:
    result = run("keys", "create", "--email", EMAIL, *arguments)
    assert result.exit_code != 0
    assert complaint in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert not Account.objects.exists()


def test_keys_are_listed_without_their_secrets() -> None:
    secret = run_json("keys", "create", "--email", EMAIL, "--name", "laptop")["key"]
    make_key()
    assert [key["name"] for key in run_json("keys", "list")] == ["test", "laptop"]
    assert [key["name"] for key in run_json("keys", "list", "--email", EMAIL)] == ["laptop"]
    shown = run("keys", "list").output
    assert "laptop" in shown
    assert secret[12:] not in shown + json.dumps(run_json("keys", "list"))


@pytest.mark.parametrize("way", ["number", "first characters", "secret"])
def test_a_key_is_revoked_by_any_of_its_names(way: str) -> None:
    key, secret = make_key()
    other, _ = make_key()
    name = {"number": str(key.pk), "first characters": key.prefix, "secret": secret}[way]
    assert run_json("keys", "revoke", name) == {"id": key.pk, "prefix": key.prefix, "revoked": True}
    key.refresh_from_db()
    other.refresh_from_db()
    assert (key.is_live, other.is_live) == (False, True)


def test_an_unknown_or_ambiguous_name_revokes_nothing() -> None:
    keys = [make_key()[0] for _ in range(2)]
    ApiKey.objects.update(prefix="sk-tts-aaaaa")
    assert "There is no such key" in run("keys", "revoke", "sk-tts-bbbbb").stderr
    ambiguous = run("keys", "revoke", "sk-tts-aaaaa")
    assert ambiguous.exit_code == 1
    assert str(keys[0].pk) in ambiguous.stderr
    assert not ApiKey.objects.exclude(revoked_at=None).exists()


def test_credits_are_granted_taken_and_shown() -> None:
    run_json("keys", "create", "--email", EMAIL, "--credits", "1")
    account = Account.objects.get()
    assert run_json("credits", "grant", "--email", EMAIL, "--credits", "2.5") == {"account": account.pk, "credits": 3.5}
    assert run_json("credits", "grant", "--email", EMAIL, "--credits=-3", "--reason", "refund") == {"account": account.pk, "credits": 0.5}
    assert LedgerEntry.objects.first().reason == "refund"
    assert run_json("credits", "show", "--email", EMAIL) == {"account": account.pk, "credits": 0.5}
    refused = run("credits", "grant", "--email", EMAIL, "--credits=-1")
    assert (refused.exit_code, available_millicredits(account.pk)) == (1, 500)


@pytest.mark.parametrize("number", ["0", "nan", "x"])
def test_a_grant_of_nothing_is_refused(number: str) -> None:
    run_json("keys", "create", "--email", EMAIL, "--credits", "1")
    result = run("credits", "grant", "--email", EMAIL, "--credits", number)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_an_owner_of_no_account_or_of_several_is_an_error() -> None:
    assert "owns no account" in run("credits", "show", "--email", "nobody@example.com").stderr
    first = MembershipFactory(role="owner")
    MembershipFactory(role="owner", user=first.user)
    assert "several accounts" in run("credits", "show", "--email", first.user.email).stderr
