"""`ttsai credits`: shows and grants credits."""

import json
from decimal import Decimal

import click

from ttsai.cli.platform import Credits, platform


@click.group(name="credits")
def command() -> None:
    """Show and grant credits."""


@command.command()
@click.option("--email", required=True, help="Email address of the account's owner.")
@click.option("--credits", "credit_count", type=Credits(), required=True, help="Number of credits; negative subtracts.")
@click.option("--reason", default="granted on the command line", show_default=True, help="Recorded in the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def grant(*, email: str, credit_count: Decimal, reason: str, as_json: bool) -> None:
    """Add credits to an account."""
    with platform():
        from apps.accounts.selectors import get_account_of
        from apps.audit.commands import audited_command, command_actor
        from apps.billing import prices
        from apps.billing.models import EntryKind
        from apps.billing.services import grant_credits

        with audited_command("adjust_credits", subject=email) as log:
            account = get_account_of(email)
            amount = prices.from_credits(credit_count)
            kind = EntryKind.ADJUSTMENT
            balance = grant_credits(account.pk, amount_millicredits=amount, kind=kind, reason=reason, actor=command_actor())
            log.record(account, f"Credits adjusted by {prices.format_credits(amount)}: {reason}")
        _show(account.pk, name=account.name, millicredits=balance, as_json=as_json)


@command.command()
@click.option("--email", required=True, help="Email address of the account's owner.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(*, email: str, as_json: bool) -> None:
    """Show the available credits of an account."""
    with platform():
        from apps.accounts.selectors import get_account_of
        from apps.billing.selectors import available_millicredits

        account = get_account_of(email)
        _show(account.pk, name=account.name, millicredits=available_millicredits(account.pk), as_json=as_json)


def _show(account_id: int, *, name: str, millicredits: int, as_json: bool) -> None:
    from apps.billing import prices

    amount = prices.credits(millicredits)
    click.echo(json.dumps({"account": account_id, "credits": amount}) if as_json else f"{name} has {amount:,} credits.")
