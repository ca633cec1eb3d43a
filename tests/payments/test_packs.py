"""Packs: bought once, granted once, taken back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from apps.billing.models import Balance
from apps.billing.services import grant_credits, release_credits, reserve_credits, settle_credits
from apps.core.errors import ConflictError, UnavailableError
from apps.payments.models import CreditDebt, CreditPack, Customer, EventState, Payment, StripeEvent
from apps.payments.services.checkout import start_pack_checkout
from apps.payments.services.events import process_event
from apps.payments.services.syncing import sync_checkout
from tests.payments.conftest import Shop, post_event

pytestmark = pytest.mark.django_db


def spend(shop: Shop, millicredits: int) -> None:
    reserve_credits(shop.account.pk, job_uuid=uuid4(), amount_millicredits=millicredits)


class TestBuying:
    """Buy a pack, from the button to the balance."""

    def test_paid_pack_is_granted_once_with_its_payment_and_entry(self, shop: Shop) -> None:
        intent = shop.buy_pack()
        payment = Payment.objects.get()
        assert (payment.reference, payment.kind, payment.amount_minor, payment.currency) == (intent, "pack", 500, "usd")
        assert (shop.balance, shop.entries()) == (500_000, [("purchase", 500_000)])
        assert set(StripeEvent.objects.values_list("state", flat=True)) == {EventState.PROCESSED, EventState.IGNORED}
        shop.check_books()

    def test_checkout_names_the_account_the_customer_and_the_pages_to_return_to(self, shop: Shop) -> None:
        session = shop.open_pack()
        assert session["client_reference_id"] == str(shop.account.pk)
        assert session["metadata"] == {"account": str(shop.account.pk), "kind": "pack", "pack": "credits-500", "millicredits": "500000"}
        assert session["success_url"] == "http://testserver/dashboard/billing/?checkout={CHECKOUT_SESSION_ID}"
        assert shop.fake.get("customer", session["customer"])["email"] == shop.email
        assert session["given"]["invoice_creation"] == {"enabled": "true"}

    def test_page_returns_before_the_event_and_the_event_grants_nothing_more(self, shop: Shop) -> None:
        session = shop.fake.pay(shop.open_pack())
        assert sync_checkout(session["id"])
        assert shop.balance == 500_000
        shop.deliver()
        assert (shop.balance, Payment.objects.count()) == (500_000, 1)

    def test_events_in_any_order_and_twice_grant_once(self, shop: Shop) -> None:
        for seed in range(3):
            shop.fake.pay(shop.open_pack())
            shop.deliver(shuffled_by=seed, repeated=2)
        assert (shop.balance, Payment.objects.count()) == (1_500_000, 3)
        shop.check_books()

    def test_double_click_opens_one_checkout_and_another_page_another_one(self, shop: Shop) -> None:
        first, second, other = (shop.open_pack(form_id=form) for form in ("a" * 32, "a" * 32, "b" * 32))
        assert first["id"] == second["id"] != other["id"]
        assert Customer.objects.count() == 1

    def test_declined_or_left_checkout_grants_nothing(self, shop: Shop) -> None:
        session = shop.open_pack()
        assert not sync_checkout(session["id"])
        shop.fake.expire_session(session)
        shop.deliver()
        assert (shop.balance, Payment.objects.count()) == (0, 0)

    @pytest.mark.parametrize("is_paid", [True, False])
    def test_bank_debit_is_granted_when_the_bank_decided(self, shop: Shop, is_paid: bool) -> None:
        session = shop.fake.pay_later(shop.open_pack())
        shop.deliver()
        assert shop.balance == 0
        shop.fake.decide(session, is_paid=is_paid)
        shop.deliver()
        assert shop.balance == (500_000 if is_paid else 0)

    def test_pack_that_the_operator_changed_after_checkout_gives_what_was_bought(self, shop: Shop) -> None:
        session = shop.open_pack()
        CreditPack.objects.update(millicredits=1)
        shop.fake.pay(session)
        shop.deliver()
        assert shop.balance == 500_000

    def test_pack_in_a_currency_without_decimals_keeps_its_amount(self, shop: Shop) -> None:
        CreditPack.objects.filter(slug="credits-500").update(currency="jpy", price_minor=800, stripe_price="", stripe_product="")
        from apps.payments.services.prices import create_stripe_prices

        create_stripe_prices()
        shop.buy_pack()
        payment = Payment.objects.get()
        assert (payment.amount_minor, payment.currency, shop.balance) == (800, "jpy", 500_000)

    def test_pack_without_a_price_at_stripe_is_not_for_sale(self, shop: Shop) -> None:
        CreditPack.objects.update(stripe_price="")
        with pytest.raises(ConflictError) as caught:
            start_pack_checkout(shop.buyer(), pack=CreditPack.objects.all()[0])
        assert caught.value.code == "not_for_sale"

    def test_without_a_key_nothing_is_sold_and_the_error_says_so(self, shop: Shop, settings: Any) -> None:
        settings.TTSAI_STRIPE_SECRET_KEY = ""
        with pytest.raises(ConflictError) as caught:
            shop.open_pack()
        assert caught.value.code == "payments_off"

    def test_settings_add_taxes_tax_ids_and_promotion_codes(self, shop: Shop, settings: Any) -> None:
        given = shop.open_pack()["given"]
        assert "automatic_tax" not in given
        assert given["tax_id_collection"] == {"enabled": "true"}
        settings.TTSAI_STRIPE_AUTOMATIC_TAX = settings.TTSAI_STRIPE_PROMOTION_CODES = True
        settings.TTSAI_STRIPE_TAX_IDS = False
        given = shop.open_pack()["given"]
        assert (given["automatic_tax"], given["allow_promotion_codes"]) == ({"enabled": "true"}, "true")
        assert "tax_id_collection" not in given

    @pytest.mark.parametrize("statuses", [[500], [429, 429]])
    def test_passing_failures_of_stripe_are_retried_by_the_package(
        self, shop: Shop, statuses: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import stripe

        monkeypatch.setattr(stripe.RequestsClient, "_sleep_time_seconds", lambda *_args: 0)
        shop.open_pack()
        shop.fake.failures = list(statuses)
        if statuses == [429, 429]:  # the package retries 429 only where Stripe asks for it
            with pytest.raises(UnavailableError):
                shop.open_pack()
            shop.fake.failures = []
        assert shop.open_pack()["status"] == "open"


class TestTakingBack:
    """Refunds and disputes."""

    def test_refund_takes_the_credits_of_the_whole_payment(self, shop: Shop) -> None:
        shop.fake.refund(shop.buy_pack())
        shop.deliver()
        assert (shop.balance, shop.entries()) == (0, [("purchase", 500_000), ("refund", -500_000)])

    def test_partial_refunds_take_their_share_and_add_up_to_the_whole(self, shop: Shop) -> None:
        intent = shop.buy_pack()
        for amount, left in ((100, 400_000), (150, 250_000), (250, 0)):
            shop.fake.refund(intent, amount=amount)
            shop.deliver(shuffled_by=1, repeated=2)
            assert shop.balance == left
        shop.check_books()

    def test_refund_of_spent_credits_leaves_a_debt_that_the_next_purchase_settles_first(self, shop: Shop) -> None:
        intent = shop.buy_pack()
        spend(shop, 420_000)
        shop.fake.refund(intent)
        shop.deliver()
        [debt] = CreditDebt.objects.all()
        assert (shop.balance, debt.open_millicredits) == (0, 420_000)
        shop.buy_pack()
        debt.refresh_from_db()
        assert (shop.balance, debt.open_millicredits, debt.settled_at is None) == (80_000, 0, False)
        assert shop.entries()[-2:] == [("purchase", 500_000), ("debt", -420_000)]
        shop.check_books()

    def test_reserved_credits_settle_the_debt_as_soon_as_the_job_gives_them_back(self, shop: Shop) -> None:
        intent, jobs = shop.buy_pack(), [uuid4(), uuid4()]
        for job in jobs:
            reserve_credits(shop.account.pk, job_uuid=job, amount_millicredits=250_000)
        shop.fake.refund(intent)
        shop.deliver()
        assert (shop.balance, CreditDebt.objects.get().open_millicredits) == (0, 500_000)
        release_credits(shop.account.pk, job_uuid=jobs[0], reserved_millicredits=250_000)
        assert (shop.balance, CreditDebt.objects.get().open_millicredits) == (0, 250_000)
        settle_credits(shop.account.pk, job_uuid=jobs[1], reserved_millicredits=250_000, charged_millicredits=100_000)
        assert (shop.balance, CreditDebt.objects.get().open_millicredits) == (0, 100_000)
        given = grant_credits(
            shop.account.pk, amount_millicredits=100_000, kind="adjustment", reason="Not heard", actor="test", refunded_job=jobs[1]
        )
        assert (given, shop.balance, CreditDebt.objects.get().open_millicredits) == (0, 0, 0)
        assert not Balance.objects.get(account=shop.account).has_debt
        shop.check_books()

    def test_debt_larger_than_a_purchase_is_settled_by_two(self, shop: Shop) -> None:
        intent = shop.buy_pack("credits-2500")
        spend(shop, 700_000)
        spend(shop, 1_800_000)
        shop.fake.refund(intent)
        shop.deliver()
        balances = []
        for _ in range(6):
            shop.buy_pack()
            balances.append(shop.balance)
        assert balances == [0, 0, 0, 0, 0, 500_000]
        assert [debt.open_millicredits for debt in CreditDebt.objects.all()] == [0]

    def test_refund_event_before_the_purchase_event_grants_and_takes(self, shop: Shop) -> None:
        session = shop.fake.pay(shop.open_pack())
        shop.fake.refund(session["payment_intent"], amount=100)
        events = shop.fake.unsent()
        for event in reversed(events):
            post_event(event)
            process_event(event["id"])
        assert (shop.balance, shop.entries()) == (400_000, [("purchase", 500_000), ("refund", -100_000)])

    def test_dispute_takes_the_credits_and_a_won_one_gives_them_back(self, shop: Shop) -> None:
        dispute = shop.fake.dispute(shop.buy_pack())
        shop.deliver()
        assert shop.balance == 0
        shop.fake.close_dispute(dispute, status="won")
        shop.deliver()
        assert shop.entries() == [("purchase", 500_000), ("dispute", -500_000), ("dispute", 500_000)]

    def test_won_dispute_cancels_the_debt_before_it_gives_credits(self, shop: Shop) -> None:
        intent = shop.buy_pack()
        spend(shop, 300_000)
        dispute = shop.fake.dispute(intent)
        shop.deliver()
        assert (shop.balance, CreditDebt.objects.get().open_millicredits) == (0, 300_000)
        shop.fake.close_dispute(dispute, status="won")
        shop.deliver()
        assert (shop.balance, CreditDebt.objects.get().open_millicredits) == (200_000, 0)
        shop.check_books()

    def test_lost_dispute_and_an_inquiry_change_nothing_more(self, shop: Shop) -> None:
        inquiry = shop.fake.dispute(shop.buy_pack(), status="warning_needs_response")
        shop.deliver()
        assert shop.balance == 500_000
        shop.fake.close_dispute(inquiry, status="lost")
        shop.deliver()
        shop.fake.emit("charge.dispute.updated", inquiry)
        shop.deliver()
        assert shop.entries() == [("purchase", 500_000), ("dispute", -500_000)]

    def test_refund_that_failed_at_the_bank_gives_the_credits_back(self, shop: Shop) -> None:
        refund = shop.fake.refund(shop.buy_pack())
        shop.deliver()
        shop.fake.fail_refund(refund)
        shop.deliver()
        assert shop.balance == 500_000
        shop.fake.refund(refund["payment_intent"])
        shop.deliver()
        assert shop.balance == 0
        shop.check_books()

    def test_old_event_after_a_newer_one_does_not_undo_it(self, shop: Shop) -> None:
        dispute = shop.fake.dispute(shop.buy_pack())
        old = shop.fake.unsent()
        shop.fake.close_dispute(dispute, status="won")
        shop.deliver()
        assert shop.balance == 500_000
        for event in old:
            post_event(event)
            process_event(event["id"])
        assert shop.balance == 500_000

    def test_refund_and_dispute_of_one_payment_take_no_more_than_it_gave(self, shop: Shop) -> None:
        intent = shop.buy_pack()
        shop.fake.refund(intent, amount=300)
        shop.fake.dispute(intent)
        shop.deliver()
        assert (shop.balance, Payment.objects.get().reversed_millicredits, CreditDebt.objects.count()) == (0, 500_000, 0)


@pytest.mark.django_db(transaction=True)
def test_simultaneous_deliveries_pages_and_first_purchases_grant_once(fake: Any, make_shop_of: Any) -> None:
    shop: Shop = make_shop_of()
    sessions = at_once(4, lambda _number: shop.open_pack(form_id="c" * 32)["id"])
    assert len(set(sessions)) == Customer.objects.count() == len(fake.all("customer")) == 1
    fake.pay(sessions[0])
    events = fake.unsent()

    def deliver(number: int) -> None:
        if number % 2:
            sync_checkout(sessions[0])
            return
        for event in events:
            assert post_event(event).status_code == 200
            process_event(event["id"])

    at_once(6, deliver)
    assert (shop.balance, shop.entries(), Payment.objects.count()) == (500_000, [("purchase", 500_000)], 1)


def at_once(count: int, work: Any) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
