"""Tables of payments in the admin: shown, events replayed, differences resolved."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core.ttl_cache import clear_all_caches
from apps.operator.selectors.charts import money_charts
from apps.operator.services.roles import ensure_roles
from apps.payments.models import AutoTopUp, CreditDebt, CreditPack, Difference, Payment, PlanOffer, StripeEvent, Subscription
from tests.factories import AccountFactory, UserFactory
from tests.operator.rows import make_payments

pytestmark = pytest.mark.django_db


@pytest.fixture
def _rows() -> None:
    """One row of each table."""
    make_payments(AccountFactory(name="Quillon Ltd"))


@pytest.mark.usefixtures("_rows")
@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ("planoffer", "$9.00"), ("creditpack", "500"), ("payment", "$5.00"), ("creditdebt", "Quillon Ltd"), ("subscription", "past_due"),
        ("autotopup", "Small"), ("stripeevent", "KeyError"), ("difference", "Payment pi_1 differs."),
    ],
)  # fmt: skip
def test_table_and_row_of_payments_are_shown(client: Client, table: str, shown: str) -> None:
    path = f"/admin/payments/{table}/"
    listed = client.get(path)
    assert (listed.status_code, shown in listed.content.decode()) == (200, True)
    model = {"planoffer": PlanOffer, "creditpack": CreditPack, "payment": Payment, "creditdebt": CreditDebt, "subscription": Subscription,
             "autotopup": AutoTopUp, "stripeevent": StripeEvent, "difference": Difference}[table]  # fmt: skip
    row = model.objects.get()
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


@pytest.mark.usefixtures("_rows")
def test_finance_sees_revenue_differences_and_debts_on_the_start_page() -> None:
    clear_all_caches()
    ensure_roles()
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="finance"))
    client = Client()
    client.force_login(person)
    start = client.get("/admin/")
    assert [chart["title"] for chart in start.context["charts"]] == ["Revenue in USD, 14 days, net of refunds", "Credits, 14 days"]
    assert [(card["title"], card["value"], card["note"]) for card in start.context["cards"]] == [
        ("Differences to Stripe", "1", "open"),
        ("Credits owed", "1", "by 1 account"),
    ]
    for card in start.context["cards"]:
        assert client.get(card["link"]).context_data["cl"].result_count == 1
    shown = start.content.decode()
    for table in ("payment", "creditdebt", "autotopup", "subscription", "planoffer", "creditpack", "stripeevent", "difference"):
        assert f'href="/admin/payments/{table}/"' in shown


def test_revenue_is_drawn_for_each_currency_without_what_was_refunded_or_disputed() -> None:
    clear_all_caches()
    account, now = AccountFactory(), timezone.now()
    paid = {"account": account, "kind": "pack", "granted_millicredits": 0, "paid_at": now}
    Payment.objects.create(**paid, reference="pi_1", amount_minor=900, refunded_minor=150, disputed_minor=50, currency="usd")
    Payment.objects.create(**paid, reference="pi_2", amount_minor=100, currency="usd")
    Payment.objects.create(**paid, reference="pi_3", amount_minor=900, currency="jpy")
    Payment.objects.create(**{**paid, "paid_at": now - timedelta(days=40)}, reference="pi_4", amount_minor=100, currency="eur")
    drawn = {currency: [(one.name, one.values[-1], sum(one.values)) for one in chart.series] for currency, chart in money_charts().items()}
    assert drawn == {
        "jpy": [("received", 900, 900), ("refunded or disputed", 0, 0)],
        "usd": [("received", 8, 8), ("refunded or disputed", 2, 2)],
    }
