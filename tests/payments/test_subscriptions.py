"""Subscriptions: started, changed, failed, cancelled, resumed; their plan and their credits."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.accounts.models import Plan
from apps.accounts.services import change_plan
from apps.billing.services import reserve_credits
from apps.core.errors import ConflictError
from apps.mail.models import OutgoingMail
from apps.payments.client import CardDeclinedError
from apps.payments.models import Interval, Payment, PlanOffer, Subscription
from apps.payments.selectors import open_debt_millicredits
from apps.payments.services.checkout import start_subscription_checkout
from apps.payments.services.grace import end_grace
from apps.payments.services.reconciliation import reconcile
from apps.payments.services.subscriptions import cancel_subscription, change_subscription, resume_subscription
from tests.payments.conftest import Shop
from tests.stripe_fake.params import RefusedError

pytestmark = pytest.mark.django_db


def change(shop: Shop, plan: str, interval: str = "month") -> Subscription:
    return change_subscription(shop.account, offer=PlanOffer.objects.get(plan__slug=plan), interval=Interval(interval))


def advance(shop: Shop, days: float = 31) -> None:
    shop.fake.advance(days=days)
    shop.deliver()


class TestStarting:
    """The first payment."""

    def test_subscription_gives_the_plan_and_the_credits_of_its_invoice(self, shop: Shop) -> None:
        row = shop.subscribe()
        assert (row.status, row.plan, row.interval, row.cancels_at_period_end) == (
            "active",
            Plan.objects.get(slug="starter"),
            "month",
            False,
        )
        assert (shop.plan, shop.entries()) == ("starter", [("subscription", 1_000_000)])
        payment = Payment.objects.get()
        assert (payment.reference, payment.amount_minor, payment.kind) == (payment.stripe_invoice, 900, "subscription")

    def test_year_gives_twelve_months_of_credits_at_once(self, shop: Shop) -> None:
        assert shop.subscribe("pro", "year").interval == "year"
        assert (shop.plan, shop.balance, Payment.objects.get().amount_minor) == ("pro", 60_000_000, 39_000)

    def test_events_of_the_start_in_any_order_and_twice_give_the_same(self, shop: Shop) -> None:
        shop.fake.pay(shop.open_subscription())
        shop.deliver(shuffled_by=4, repeated=3)
        assert (shop.plan, shop.entries(), Payment.objects.count()) == ("starter", [("subscription", 1_000_000)], 1)

    def test_second_subscription_is_refused_and_other_open_checkouts_are_ended(self, shop: Shop) -> None:
        first, second = shop.open_subscription("starter"), shop.open_subscription("pro")
        assert (first["status"], second["status"]) == ("expired", "open")
        shop.fake.pay(second)
        shop.deliver()
        with pytest.raises(ConflictError) as caught:
            shop.open_subscription("starter")
        assert caught.value.code == "already_subscribed"

    def test_checkout_after_a_payment_whose_event_has_not_come_is_refused(self, shop: Shop) -> None:
        shop.fake.pay(shop.open_subscription())
        assert not Subscription.objects.exists()
        with pytest.raises(ConflictError) as caught:
            shop.open_subscription("pro")
        assert (caught.value.code, len(shop.fake.all("checkout.session")), Subscription.objects.get().status) == (
            "already_subscribed",
            1,
            "active",
        )

    def test_completed_checkout_counts_before_its_subscription_is_listed(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        shop.fake.pay(shop.open_subscription())
        every = type(shop.fake).all
        monkeypatch.setattr(
            type(shop.fake), "all", lambda fake, kind, **wanted: [] if kind == "subscription" else every(fake, kind, **wanted)
        )
        with pytest.raises(ConflictError) as caught:
            shop.open_subscription("pro")
        assert caught.value.code == "already_subscribed"

    def test_checkout_beside_one_that_is_being_paid_is_refused(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        session = shop.open_subscription()

        def refuse(_self: Any, _session: Any) -> None:
            raise RefusedError("A payment of this Checkout Session is in progress.")

        monkeypatch.setattr(type(shop.fake), "expire_session", refuse)
        with pytest.raises(ConflictError) as caught:
            shop.open_subscription("pro")
        assert (caught.value.code, shop.fake.all("checkout.session")) == ("payment_in_progress", [session])

    def test_second_click_on_the_same_form_opens_the_same_checkout(self, shop: Shop) -> None:
        offer = PlanOffer.objects.get(plan__slug="starter")
        urls = [start_subscription_checkout(shop.buyer("a" * 32), offer=offer, interval=Interval.MONTH) for _ in range(2)]
        assert (urls[0] == urls[1], [one["status"] for one in shop.fake.all("checkout.session")]) == (True, ["open"])

    def test_each_paid_period_gives_its_credits_once(self, shop: Shop) -> None:
        shop.subscribe()
        for months in (2, 3):
            advance(shop)
            shop.fake.emit("invoice.paid", shop.fake.all("invoice")[0])
            shop.deliver()
            assert (shop.balance, Payment.objects.count()) == (1_000_000 * months, months)


class TestChanging:
    """Upgrades at once, downgrades at the end of the period."""

    def test_upgrade_is_paid_and_effective_at_once_with_the_share_of_the_credits(self, shop: Shop) -> None:
        shop.subscribe()
        item = shop.fake.all("subscription")[0]["items"]["data"][0]
        shop.fake.now = (item["current_period_start"] + item["current_period_end"]) // 2
        assert change(shop, "pro").plan == Plan.objects.get(slug="pro")
        upgrade = Payment.objects.get(amount_minor=1500)  # half of 39.00 less half of 9.00
        assert abs(upgrade.granted_millicredits - 2_000_000) < 2000  # half of 5,000 less half of 1,000, by whole cents
        shop.deliver()
        assert (shop.plan, Payment.objects.count()) == ("pro", 2)
        shop.check_books()

    def test_change_to_the_year_of_the_same_plan_is_an_upgrade(self, shop: Shop) -> None:
        shop.subscribe("starter")
        row = change(shop, "starter", "year")
        assert (row.interval, row.next_plan, shop.balance) == ("year", None, 12_000_000)

    def test_change_from_a_paid_year_to_a_monthly_plan_waits_for_its_end(self, shop: Shop) -> None:
        shop.subscribe("starter", "year")
        row = change(shop, "pro", "month")
        assert (row.interval, row.next_plan, row.next_interval) == ("year", Plan.objects.get(slug="pro"), "month")
        assert (Payment.objects.count(), shop.balance, shop.fake.all("customer")[0]["balance"]) == (1, 12_000_000, 0)
        advance(shop, days=366)
        assert (shop.plan, shop.balance) == ("pro", 17_000_000)

    @pytest.mark.parametrize("spent", [0, 12_000_000])
    def test_credits_of_a_refunded_year_are_taken_back_or_owed(self, shop: Shop, spent: int) -> None:
        shop.subscribe("starter", "year")
        if spent:
            reserve_credits(shop.account.pk, job_uuid=uuid4(), amount_millicredits=spent)
        found = shop.fake.all("subscription")[0]
        month = {"id": found["items"]["data"][0]["id"], "price": PlanOffer.objects.get(plan__slug="starter").stripe_monthly_price}
        shop.fake.update_subscription(found, {"items": [month], "proration_behavior": "always_invoice"})
        shop.deliver(repeated=2)
        assert shop.fake.all("customer")[0]["balance"] == -8100  # a year of 90.00 less a month of 9.00
        assert (shop.balance, open_debt_millicredits(shop.account)) == ((0, 11_000_000) if spent else (1_000_000, 0))
        advance(shop)
        assert shop.fake.all("customer")[0]["balance"] == -7200
        assert (shop.balance, open_debt_millicredits(shop.account)) == ((0, 10_000_000) if spent else (2_000_000, 0))
        shop.check_books()
        assert [one for one in reconcile() if one.kind == "ledger"] == []

    def test_upgrade_whose_payment_fails_changes_nothing(self, shop: Shop) -> None:
        row = shop.subscribe()
        shop.fake.set_cards(shop.fake.all("customer")[0]["id"], works=False)
        with pytest.raises(CardDeclinedError):
            change(shop, "pro")
        shop.deliver()
        row.refresh_from_db()
        assert (shop.plan, shop.balance, row.plan.slug if row.plan else "", row.status) == ("starter", 1_000_000, "starter", "active")

    def test_downgrade_takes_effect_with_the_next_period_and_costs_nothing_now(self, shop: Shop) -> None:
        shop.subscribe("pro")
        row = change(shop, "starter")
        assert (row.plan, row.next_plan) == (Plan.objects.get(slug="pro"), Plan.objects.get(slug="starter"))
        assert (shop.plan, Payment.objects.count()) == ("pro", 1)
        shop.deliver()
        advance(shop)
        row.refresh_from_db()
        assert (shop.plan, row.next_plan, row.stripe_schedule, shop.balance) == ("starter", None, "", 6_000_000)
        advance(shop)
        assert (shop.plan, shop.balance) == ("starter", 7_000_000)

    def test_planned_downgrade_can_be_taken_back_replaced_or_overtaken_by_an_upgrade(self, shop: Shop) -> None:
        shop.subscribe("pro")
        change(shop, "starter")
        assert resume_subscription(shop.account).next_plan is None
        change(shop, "starter")
        assert change(shop, "pro").next_plan is None  # back to the plan it is on
        change(shop, "starter")
        row = change(shop, "enterprise")
        assert (row.next_plan, shop.plan) == (None, "enterprise")
        advance(shop)
        assert shop.plan == "enterprise"

    def test_change_to_the_same_or_an_unsold_plan_is_refused(self, shop: Shop) -> None:
        shop.subscribe()
        with pytest.raises(ConflictError) as same:
            change(shop, "starter")
        with pytest.raises(ConflictError) as unsold:
            change(shop, "free")
        assert (same.value.code, unsold.value.code) == ("same_plan", "not_for_sale")

    def test_without_a_subscription_there_is_nothing_to_change(self, shop: Shop) -> None:
        for act in (cancel_subscription, resume_subscription, lambda _account: change(shop, "pro")):
            with pytest.raises(ConflictError) as caught:
                act(shop.account)
            assert caught.value.code == "no_subscription"


class TestEnding:
    """Cancellation, failed payments, grace."""

    def test_cancelled_subscription_keeps_its_plan_until_the_end_of_the_period(self, shop: Shop) -> None:
        shop.subscribe()
        assert cancel_subscription(shop.account).cancels_at_period_end
        shop.deliver()
        assert shop.plan == "starter"
        advance(shop)
        assert (shop.plan, shop.balance, Subscription.objects.get().status) == ("free", 1_000_000, "canceled")
        shop.fake.pay(shop.open_subscription("pro"))
        shop.deliver()
        assert (shop.plan, shop.balance) == ("pro", 6_000_000)

    def test_resumed_subscription_renews_with_the_next_period(self, shop: Shop) -> None:
        shop.subscribe()
        cancel_subscription(shop.account)
        assert not resume_subscription(shop.account).cancels_at_period_end
        advance(shop)
        assert (shop.plan, shop.balance) == ("starter", 2_000_000)

    @pytest.mark.parametrize("plan", ["starter", "enterprise"])
    def test_choosing_another_plan_takes_a_booked_cancellation_back(self, shop: Shop, plan: str) -> None:
        shop.subscribe("pro")
        cancel_subscription(shop.account)
        assert not change(shop, plan).cancels_at_period_end
        advance(shop)
        assert (shop.plan, Subscription.objects.get().status) == (plan, "active")

    def test_cancellation_replaces_a_planned_downgrade(self, shop: Shop) -> None:
        shop.subscribe("pro")
        change(shop, "starter")
        row = cancel_subscription(shop.account)
        assert (row.cancels_at_period_end, row.next_plan) == (True, None)
        advance(shop)
        assert shop.plan == "free"

    def test_failed_payment_keeps_the_plan_during_grace_and_mails_the_owner(self, shop: Shop, settings: Any) -> None:
        shop.subscribe()
        shop.fake.set_cards(shop.fake.all("customer")[0]["id"], works=False)
        advance(shop)
        row = Subscription.objects.get()
        assert (shop.plan, row.status, shop.balance) == ("starter", "past_due", 1_000_000)
        assert list(OutgoingMail.objects.values_list("to", "subject")) == [(shop.email, "Payment failed · Speech Platform")]
        days = timedelta(days=settings.TTSAI_PAYMENT_GRACE_DAYS)
        assert end_grace(now=timezone.now() + days - timedelta(hours=1)) == 0
        assert end_grace(now=timezone.now() + days + timedelta(hours=1)) == 1
        assert shop.plan == "free"

    def test_late_payment_brings_the_plan_and_the_credits(self, shop: Shop) -> None:
        shop.subscribe()
        customer = shop.fake.all("customer")[0]["id"]
        shop.fake.set_cards(customer, works=False)
        advance(shop)
        end_grace(now=timezone.now() + timedelta(days=30))
        assert shop.plan == "free"
        shop.fake.set_cards(customer, works=True)
        shop.fake.pay_invoice(shop.fake.all("invoice")[0])
        shop.deliver(shuffled_by=2)
        assert (shop.plan, shop.balance, Subscription.objects.get().past_due_since) == ("starter", 2_000_000, None)

    def test_plan_cannot_be_changed_while_a_payment_is_due(self, shop: Shop) -> None:
        shop.subscribe()
        shop.fake.set_cards(shop.fake.all("customer")[0]["id"], works=False)
        advance(shop)
        with pytest.raises(ConflictError) as caught:
            change(shop, "pro")
        assert caught.value.code == "payment_due"

    @pytest.mark.parametrize("how", ["refund", "lost dispute"])
    def test_subscription_whose_period_is_given_back_wholly_ends_at_once(self, shop: Shop, how: str) -> None:
        shop.subscribe()
        intent = Payment.objects.get().stripe_payment_intent
        if how == "refund":
            shop.fake.refund(intent, amount=800)
            shop.deliver()
            assert shop.plan == "starter"  # a part of the price, as a gesture, leaves the plan
            shop.fake.refund(intent)
        else:
            dispute = shop.fake.dispute(intent)
            shop.deliver()
            assert (shop.balance, shop.plan) == (0, "starter")  # the bank has not decided
            shop.fake.close_dispute(dispute, status="lost")
        shop.deliver(repeated=2)
        assert (shop.balance, shop.plan, Subscription.objects.get().status) == (0, "free", "canceled")
        assert list(OutgoingMail.objects.values_list("subject", flat=True)) == ["Your plan has ended · Speech Platform"]
        shop.fake.pay(shop.open_subscription("pro"))
        shop.deliver()
        assert shop.plan == "pro"

    def test_refund_of_an_earlier_period_leaves_the_subscription(self, shop: Shop) -> None:
        shop.subscribe()
        first = Payment.objects.get().stripe_payment_intent
        advance(shop)
        shop.fake.refund(first)
        shop.deliver()
        assert (shop.balance, shop.plan, Subscription.objects.get().status) == (1_000_000, "starter", "active")

    def test_refund_before_the_events_of_the_invoice_grants_and_takes(self, shop: Shop) -> None:
        shop.fake.pay(shop.open_subscription())
        shop.fake.refund(shop.fake.all("payment_intent")[0]["id"], amount=450)
        shop.deliver(shuffled_by=9)
        assert shop.balance == 500_000

    def test_plan_that_an_operator_chose_stays_until_the_subscription_changes(self, shop: Shop) -> None:
        shop.subscribe()
        change_plan(shop.account, plan=Plan.objects.get(slug="enterprise"))
        advance(shop)
        assert shop.plan == "enterprise"
        cancel_subscription(shop.account)
        advance(shop)
        assert shop.plan == "enterprise"


def test_new_price_of_a_plan_leaves_earlier_subscribers_on_it_by_its_product(shop: Shop) -> None:
    shop.subscribe()
    PlanOffer.objects.filter(plan__slug="starter").update(stripe_monthly_price="price_new")
    advance(shop)
    assert (shop.plan, shop.balance) == ("starter", 2_000_000)
