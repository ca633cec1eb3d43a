"""Tables of payments in the admin: shown, events replayed, differences resolved."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from apps.audit.models import AuditEntry
from apps.payments.models import AutoTopUp, CreditDebt, CreditPack, Difference, Payment, PlanOffer, StripeEvent, Subscription
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def _rows() -> None:
    """One row of each table."""
    account = AccountFactory(name="Quillon Ltd")
    pack = CreditPack.objects.create(slug="small", name="Small", millicredits=500_000, price_minor=500)
    PlanOffer.objects.create(plan=account.plan, monthly_price_minor=900, monthly_millicredits=1000)
    payment = Payment.objects.create(
        account=account, kind="pack", reference="pi_1", stripe_payment_intent="pi_1", description="500 credits", amount_minor=500, currency="usd",
        granted_millicredits=500_000, reversed_millicredits=1000, paid_at=NOW,
    )  # fmt: skip
    CreditDebt.objects.create(account=account, payment=payment, owed_millicredits=1000)
    Subscription.objects.create(
        account=account, stripe_id="sub_1", status="past_due", plan=account.plan, stripe_price="price_1", started_at=NOW
    )
    AutoTopUp.objects.create(account=account, threshold_millicredits=1, pack=pack, monthly_cap_minor=500)
    StripeEvent.objects.create(stripe_id="evt_1", type="invoice.paid", payload={"id": "evt_1"}, state="failed", error="KeyError: 'x'")
    Difference.objects.create(kind="ledger", account=account, object_id="pi_1", message="Payment pi_1 differs.")


@pytest.mark.usefixtures("_rows")
@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ("planoffer", "$9.00"), ("creditpack", "500.000"), ("payment", "$5.00"), ("creditdebt", "1.000"), ("subscription", "past_due"),
        ("autotopup", "Small"), ("stripeevent", "KeyError"), ("difference", "Payment pi_1 differs."),
    ],
)  # fmt: skip
def test_table_and_row_of_payments_are_shown(client: Client, table: str, shown: str) -> None:
    path = f"/admin/payments/{table}/"
    listed = client.get(path)
    assert (listed.status_code, shown in listed.content.decode()) == (200, True)
    model = {"planoffer": PlanOffer, "creditpack": CreditPack, "payment": Payment, "creditdebt": CreditDebt, "subscription": Subscription,
             "autotopup": AutoTopUp, "stripeevent": StripeEvent, "difference": Difference}[table]  # fmt: skip
    row = model.objects.get()  # type: ignore[attr-defined]
    assert client.get(f"{path}{row.pk}/change/").status_code == 200


@pytest.mark.usefixtures("_rows")
def test_failed_event_is_replayed_and_a_difference_resolved_with_an_audit_entry(client: Client) -> None:
    event, difference = StripeEvent.objects.get(), Difference.objects.get()
    assert client.post(f"/admin/payments/stripeevent/{event.pk}/replay/", {"confirm": "on"}).status_code == 302
    event.refresh_from_db()
    assert (event.state, event.error, event.attempt_count) == ("pending", "", 0)
    assert client.post(f"/admin/payments/difference/{difference.pk}/resolve/", {"reason": "settled by hand"}).status_code == 302
    difference.refresh_from_db()
    assert difference.resolved_at is not None
    assert AuditEntry.objects.count() == 2
