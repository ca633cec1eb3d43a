"""Rows of apps/billing/urls.py."""

from apps.accounts.models import Account
from tests.routes.table import Owned, row


def a_named_account(account: Account) -> Owned:
    account.name = "Owner and daughters"
    account.save()
    return Owned(shown=account.name)


ROWS = [row("account/", "GET", scope="account:read", owns=a_named_account)]
