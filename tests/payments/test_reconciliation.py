"""The nightly comparison with Stripe and with the ledger, and the end of payments of closed accounts."""

import logging
from typing import Any

import pytest
from django.db import connection

from apps.accounts.services import close_account
from apps.core.errors import UnavailableError
from apps.payments.models import CreditDebt, CreditPack, Customer, Difference, Payment, PlanOffer, StripeEvent, Subscription
from apps.payments.services.erasure import end_payments
from apps.payments.services.prices import create_stripe_prices
from apps.payments.services.reconciliation import reconcile
from apps.payments.tasks import reconcile_payments
from apps.privacy.services import continue_erasures, request_erasure
from tests.payments.conftest import Shop, make_shop
from tests.stripe_fake import StripeFake

pytestmark = pytest.mark.django_db


def differences() -> list[tuple[str, bool]]:
    return [(one.kind, one.is_repaired) for one in Difference.objects.order_by("kind", "pk")]


def test_shop_whose_events_all_came_has_no_differences(shop: Shop) -> None:
    shop.subscribe("pro")
    shop.fake.refund(shop.buy_pack(), amount=100)
    shop.deliver()
    other = make_shop(shop.fake)
    other.fake.dispute(other.buy_pack())
    other.deliver()
    shop.fake.page_limit = 2  # lists have several pages
    assert reconcile() == []
    assert differences() == []


def test_reconciliation_without_events_repairs_and_records_everything(shop: Shop) -> None:
    pack = shop.fake.pay(shop.open_pack())
    shop.fake.pay(shop.open_subscription())
    shop.fake.refund(pack["payment_intent"], amount=250)
    shop.fake.unsent()  # lost
    reconcile_payments()
    assert (shop.plan, shop.balance) == ("starter", 1_250_000)
    assert sorted(differences()) == [(kind, True) for kind in ("missing_payment", "missing_payment", "missing_reversal", "subscription")]
    assert reconcile() == []
    shop.fake.dispute(pack["payment_intent"], amount=250)
    reconcile()
    assert shop.balance == 1_000_000
    assert differences().count(("missing_reversal", True)) == 2
    shop.check_books()


def test_subscription_that_ended_unnoticed_takes_the_plan(shop: Shop) -> None:
    shop.subscribe()
    shop.fake.cancel_subscription(shop.fake.all("subscription")[0])
    shop.fake.unsent()
    reconcile()
    assert (shop.plan, differences()) == ("free", [("subscription", True)])


def test_difference_that_cannot_be_repaired_is_shown_until_it_is_gone(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.subscribe()
    customer = Customer.objects.get().stripe_id
    foreign = shop.fake.new_intent(amount=700, currency="usd", customer=customer, metadata={})
    shop.fake.succeed(foreign)
    Payment.objects.create(
        account=shop.account, kind="pack", reference="pi_lost", stripe_payment_intent="pi_lost", description="x", amount_minor=1, currency="usd",
        granted_millicredits=5, paid_at=Payment.objects.get().paid_at,
    )  # fmt: skip
    PlanOffer.objects.update(stripe_monthly_price="price_other", stripe_product="")
    StripeEvent.objects.create(stripe_id="evt_x", type="invoice.paid", payload={}, state="failed", error="KeyError")
    with caplog.at_level(logging.ERROR):
        reconcile()
    expected = ["failed_event", "ledger", "lost_payment", "unknown_charge", "unknown_price"]
    open_ones = Difference.objects.filter(resolved_at=None)
    assert sorted(open_ones.values_list("kind", flat=True)) == expected
    assert sum("payments: " in record.getMessage() for record in caplog.records) == 5
    reconcile()
    assert open_ones.count() == 5
    StripeEvent.objects.all().delete()
    Payment.objects.filter(reference="pi_lost").delete()
    reconcile()
    assert sorted(open_ones.values_list("kind", flat=True)) == ["unknown_charge", "unknown_price"]


def test_two_live_subscriptions_and_a_tampered_debt_are_found(shop: Shop) -> None:
    shop.subscribe()
    shop.fake.start_subscription(
        Customer.objects.get().stripe_id, PlanOffer.objects.get(plan__slug="pro").stripe_monthly_price, metadata={}
    )
    shop.deliver()
    assert shop.plan == "pro"
    CreditDebt.objects.create(account=shop.account, payment=Payment.objects.earliest("pk"), owed_millicredits=5)
    assert sorted(one.kind for one in reconcile()) == ["ledger", "two_subscriptions"]


def test_reconciliation_while_stripe_is_away_is_logged_and_changes_nothing(
    shop: Shop, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shop.subscribe()
    settings.TTSAI_STRIPE_SECRET_KEY = "sk_test_wrong"
    with pytest.raises(UnavailableError):
        reconcile()
    reconcile_payments()
    assert "payments were not reconciled" in caplog.text
    assert (Difference.objects.count(), shop.plan) == (0, "starter")


def test_closed_account_loses_its_subscription_in_the_next_run(shop: Shop) -> None:
    shop.subscribe()
    close_account(shop.account, reason="a test")
    reconcile()
    assert (shop.fake.all("subscription")[0]["status"], differences()) == ("canceled", [("closed_account", True)])


@pytest.mark.django_db(transaction=True)
def test_erasure_cancels_the_subscription_deletes_the_customer_and_keeps_the_books(fake: StripeFake, settings: Any, tmp_path: Any) -> None:
    settings.OBJECTS_FOLDER = str(tmp_path)
    shop = make_shop(fake)
    shop.subscribe()
    request_erasure(shop.account, requested_by=shop.email)
    settings.TTSAI_STRIPE_SECRET_KEY = "sk_test_wrong"
    assert continue_erasures() == 0  # Stripe does not let us in: the next run continues
    settings.TTSAI_STRIPE_SECRET_KEY = fake_key()
    assert continue_erasures() == 1
    assert [one["status"] for one in fake.all("subscription")] == ["canceled"]
    assert fake.objects["customer"][Customer.objects.get().stripe_id]["deleted"]
    assert (Customer.objects.get().deleted_at is None, Payment.objects.count(), Subscription.objects.get().status) == (False, 1, "canceled")
    shop.deliver()
    assert reconcile() == []
    end_payments(shop.account)
    connection.close()


def fake_key() -> str:
    from tests.stripe_fake.server import SECRET_KEY

    return SECRET_KEY


def test_prices_are_created_at_stripe_once_for_rows_without_ids(fake: StripeFake) -> None:
    from apps.accounts.services import load_starting_plans
    from apps.payments.services.prices import load_starting_offers

    load_starting_plans()
    assert (load_starting_offers(), load_starting_offers()) == (7, 0)
    assert len(create_stripe_prices()) == 9
    assert create_stripe_prices() == []
    offer = PlanOffer.objects.get(plan__slug="pro")
    prices = [fake.get("price", price) for price in (offer.stripe_monthly_price, offer.stripe_yearly_price)]
    assert [(price["unit_amount"], price["recurring"]["interval"], price["product"]) for price in prices] == [
        (3900, "month", offer.stripe_product),
        (39_000, "year", offer.stripe_product),
    ]
    assert fake.get("price", CreditPack.objects.get(slug="credits-500").stripe_price)["recurring"] is None
    assert PlanOffer.objects.get(plan__slug="free").stripe_monthly_price == ""
