"""Rows of apps/payments/urls.py. Without a Stripe key every action leads back to the page with a message: tests/payments has the others."""

from datetime import UTC, datetime

from apps.accounts.models import Account
from apps.accounts.roles import Permission
from apps.payments.models import Payment
from tests.pages.table import Owned, fragment, page, post

MONEY = Permission.MONEY
FORM = {"form_id": "a" * 24}


def a_payment(account: Account) -> Owned:
    """Payment that the page lists."""
    name = f"Quillon pack {account.pk}"
    Payment.objects.create(
        account=account, kind="pack", reference=f"pi_{account.pk}", description=name, amount_minor=500, currency="usd",
        granted_millicredits=500_000, paid_at=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip
    return Owned(shown=(name,))


ROWS = [
    page("pricing/", access="anybody"),
    page("dashboard/billing/", owns=a_payment, permission=MONEY),
    fragment("dashboard/billing/invoices/", permission=MONEY),
    page("dashboard/billing/checkout/<session_id>/", at={"session_id": "cs_test_1"}, permission=MONEY, status=404),
    post("dashboard/billing/packs/", body=FORM, permission=MONEY),
    post("dashboard/billing/subscribe/", body=FORM, permission=MONEY),
    post("dashboard/billing/change/", body=FORM, permission=MONEY),
    post("dashboard/billing/cancel/", permission=MONEY),
    post("dashboard/billing/resume/", permission=MONEY),
    post("dashboard/billing/portal/", permission=MONEY),
    post("dashboard/billing/card/", body=FORM, permission=MONEY),
    post("dashboard/billing/top-up/", body={"disable": "1"}, permission=MONEY),
]
