"""`ttsai keys`: creates, lists and revokes API keys."""

import json
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ttsai.cli.platform import Credits, platform


@click.group(name="keys")
def command() -> None:
    """Create, list and revoke API keys."""


@command.command()
@click.option("--email", required=True, help="Email address of the account's owner; user and account are created if unknown.")
@click.option("--plan", "plan_slug", help="Plan of the account; by default the plan of new accounts.")
@click.option(
    "--credits",
    "credit_count",
    type=Credits(),
    help="Credits of a new account, instead of its bonus; an existing account gets them in addition.",
)
@click.option("--name", default="command line", show_default=True, help="Name of the key.")
@click.option("--requests-per-minute", type=click.IntRange(min=1), help="Request limit of this key, instead of the plan's.")
@click.option(
    "--concurrent", "concurrent_jobs", type=click.IntRange(min=1), help="Concurrent jobs of this key, instead of the plan's limit."
)
@click.option("--scope", "scopes", multiple=True, help="Scope of the key; may be repeated. Unrestricted by default.")
@click.option(
    "--scope-limit",
    "scope_limits",
    type=(str, click.IntRange(min=1)),
    multiple=True,
    metavar="SCOPE N",
    help="Requests a minute of one scope; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of the key alone.")
def create(
    *,
    email: str,
    plan_slug: str | None,
    credit_count: Decimal | None,
    scopes: tuple[str, ...],
    scope_limits: tuple[tuple[str, int], ...],
    as_json: bool,
    **key_fields: Any,
) -> None:
    """Create a key and print it, alone on standard output. It is not shown again."""
    with platform():
        from apps.accounts.selectors import find_account_of, get_plan
        from apps.accounts.services import create_key
        from apps.audit.commands import audited_command, command_actor
        from apps.audit.services import differences, snapshot
        from apps.billing import prices
        from apps.billing.selectors import available_millicredits
        from apps.billing.services import get_or_create_account

        with audited_command("create_key", subject=email) as log:
            plan = None if plan_slug is None else get_plan(plan_slug)
            millicredits = None if credit_count is None else prices.from_credits(credit_count)
            found = find_account_of(email)
            account = get_or_create_account(email=email, plan=plan, millicredits=millicredits, actor=command_actor())
            before, after = differences({} if found is None else snapshot(found), snapshot(account))
            if before or after:
                did = "create_account" if found is None else "change_plan"
                log.record(account, f"Account of {email}", action=did, before=before, after=after)
            if millicredits:
                log.record(account, f"Credits given with a key: {prices.format_credits(millicredits)}", action="adjust_credits")
            key, secret = create_key(
                account, is_operator=True, scopes=list(scopes), requests_per_minute_by_scope=dict(scope_limits), **key_fields
            )
            log.record(key, f"Key created for {email}", after=snapshot(key))
        if as_json:
            shown = {"key": secret, "id": key.pk, "prefix": key.prefix, "account": account.pk, "plan": account.plan.slug}
            click.echo(json.dumps(shown | {"credits": prices.credits(available_millicredits(account.pk))}))
        else:
            click.echo(secret)


@command.command("list")
@click.option("--email", help="Only keys of accounts that this person owns.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_command(*, email: str | None, as_json: bool) -> None:
    """List keys, newest first."""
    with platform():
        from apps.accounts.selectors import list_all_keys
        from apps.accounts.serializers import KeySerializer

        keys = list(list_all_keys(email=email))
        if as_json:
            click.echo(json.dumps([{**KeySerializer(key).data, "account": key.account_id, "plan": key.account.plan.slug} for key in keys]))
            return
        table = Table("id", "key", "name", "account", "plan", "state", "last used")
        for key in keys:
            used = "never" if key.last_used_at is None else f"{key.last_used_at:%Y-%m-%d %H:%M}"
            state = "live" if key.is_live else "closed"
            table.add_row(str(key.pk), f"{key.prefix}…", key.name, key.account.name, key.account.plan.slug, state, used)
        Console().print(table)


@command.command()
@click.argument("key_name", metavar="KEY")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def revoke(*, key_name: str, as_json: bool) -> None:
    """Revoke a key, given by its number, its prefix or the key itself."""
    with platform():
        from apps.accounts.selectors import get_key_by_name
        from apps.accounts.services import revoke_key
        from apps.audit.commands import audited_command
        from apps.audit.services import differences, snapshot

        with audited_command("revoke_key") as log:  # its argument may be a whole key, which no log holds
            key = get_key_by_name(key_name)
            before = snapshot(key)
            revoke_key(key)
            changed, now = differences(before, snapshot(key))
            log.record(key, "Revoked" if changed else "Was revoked already", before=changed, after=now)
        shown = {"id": key.pk, "prefix": key.prefix, "revoked": True}
        click.echo(json.dumps(shown) if as_json else f"Revoked {key}")
