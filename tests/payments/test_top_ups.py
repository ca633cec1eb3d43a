"""Automatic top-ups: at the crossing of the threshold, once, within the month's cap, off after a failure."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from apps.billing.models import Balance
from apps.billing.services import jobs as job_credits
from apps.billing.services import reserve_credits
from apps.core.errors import ConflictError, InvalidRequestError, UnavailableError
from apps.mail.models import OutgoingMail
from apps.payments.models import AutoTopUp, CreditPack, Payment, TopUp
from apps.payments.services.checkout import start_card_setup
from apps.payments.services.top_up_switch import disable_top_up
from apps.payments.services.top_ups import list_due_top_ups, set_top_up, top_up_balance
from apps.payments.tasks import top_up, top_up_balances
from tests.payments.conftest import Shop

pytestmark = pytest.mark.django_db


def enable(shop: Shop, *, cap: int = 5000) -> AutoTopUp:
    """Save a card and turn top-ups on: 500 credits below 100."""
    shop.fake.pay(shop.session(start_card_setup(shop.buyer(), currency="usd")))
    shop.deliver()
    return set_top_up(
        shop.account, threshold_millicredits=100_000, pack=CreditPack.objects.get(slug="credits-500"), monthly_cap_minor=cap
    )  # fmt: skip


def spend(shop: Shop, millicredits: int) -> None:
    reserve_credits(shop.account.pk, job_uuid=uuid4(), amount_millicredits=millicredits)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Accounts for which a reservation asked for a top-up."""
    found: list[int] = []
    monkeypatch.setattr(
        job_credits, "send_platform_task", lambda task, account_id: found.append(account_id) if task == job_credits.TOP_UP else None
    )
    return found


def test_crossing_the_threshold_asks_for_a_top_up_once(shop: Shop, asked: list[int], django_capture_on_commit_callbacks: Any) -> None:
    shop.buy_pack()
    enable(shop)
    with django_capture_on_commit_callbacks(execute=True):
        for amount in (399_000, 1000, 1, 50_000):
            spend(shop, amount)
    assert asked == [shop.account.pk]


def test_top_up_buys_the_pack_once_although_its_event_follows(shop: Shop) -> None:
    enable(shop)
    top_up(shop.account.pk)
    assert (shop.balance, TopUp.objects.get().state, Payment.objects.get().kind) == (500_000, "succeeded", "top_up")
    shop.deliver(shuffled_by=1, repeated=2)
    top_up(shop.account.pk)
    assert (shop.balance, shop.entries()) == (500_000, [("purchase", 500_000)])


def test_top_up_above_the_threshold_when_off_or_without_settings_buys_nothing(shop: Shop) -> None:
    assert not top_up_balance(shop.account.pk)
    enable(shop)
    disable_top_up(shop.account.pk)
    assert not top_up_balance(shop.account.pk)
    assert Balance.objects.get(account=shop.account).top_up_below_millicredits is None
    shop.buy_pack()
    enable(shop)
    assert not top_up_balance(shop.account.pk)
    assert TopUp.objects.count() == 0


def test_month_never_costs_more_than_its_cap(shop: Shop) -> None:
    enable(shop, cap=1200)
    for _ in range(4):
        top_up_balances()
        if shop.balance:
            spend(shop, shop.balance)
    assert [(one.amount_minor, one.state) for one in TopUp.objects.all()] == [(500, "succeeded")] * 2


@pytest.mark.parametrize(
    ("card", "error"), [({"works": False}, "Your card was declined."), ({"needs_confirmation": True}, "The card requires authentication.")]
)
def test_declined_card_turns_top_ups_off_with_a_notice(shop: Shop, card: dict[str, bool], error: str) -> None:
    enable(shop)
    for saved in shop.fake.all("payment_method"):
        saved.update({"works": True, **card})
    assert not top_up_balance(shop.account.pk)
    shop.deliver()
    settings = AutoTopUp.objects.get()
    assert (settings.is_enabled, settings.disabled_reason) == (False, f"The last automatic top-up failed: {error}")
    assert list(OutgoingMail.objects.values_list("to", "subject")) == [(shop.email, "Automatic top-up failed · Speech Platform")]
    assert (list_due_top_ups(), shop.balance) == ([], 0)


@pytest.mark.parametrize(("how", "word"), [("refund", "refunded"), ("dispute", "disputed")])
def test_top_up_that_is_given_back_is_not_charged_again(shop: Shop, how: str, word: str) -> None:
    enable(shop)
    top_up(shop.account.pk)
    getattr(shop.fake, how)(Payment.objects.get().stripe_payment_intent)
    shop.deliver(repeated=2)
    top_up_balances()
    top_up(shop.account.pk)
    reason = f"A payment was {word}: Automatic top-up: 500 credits."
    assert (AutoTopUp.objects.get().is_enabled, AutoTopUp.objects.get().disabled_reason) == (False, reason)
    assert (len(shop.fake.all("charge")), shop.balance) == (1, 0)
    assert list(OutgoingMail.objects.values_list("to", "subject")) == [(shop.email, "Automatic top-ups are off · Speech Platform")]


def test_account_that_owes_credits_is_not_charged_until_they_are_settled(shop: Shop) -> None:
    intent = shop.buy_pack()
    spend(shop, 500_000)
    shop.fake.refund(intent)
    shop.deliver()
    enable(shop)
    assert (list_due_top_ups(), top_up_balance(shop.account.pk)) == ([], False)
    shop.buy_pack()
    assert (shop.balance, list_due_top_ups(), top_up_balance(shop.account.pk)) == (0, [shop.account.pk], True)


def test_lost_answer_is_asked_for_again_and_charges_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.payments.services import top_ups

    enable(shop)
    create = top_ups._create_payment

    def lose_answer(*args: Any, **kwargs: Any) -> Any:
        create(*args, **kwargs)
        raise UnavailableError("The connection broke.")

    with monkeypatch.context() as patch:
        patch.setattr(top_ups, "_create_payment", lose_answer)
        top_up_balances()
    assert (TopUp.objects.get().state, shop.balance) == ("pending", 0)
    top_up_balances()
    assert (TopUp.objects.get().state, shop.balance, len(shop.fake.all("charge"))) == ("succeeded", 500_000, 1)


def test_event_ends_a_top_up_whose_answer_was_lost(shop: Shop) -> None:
    enable(shop)
    customer = shop.fake.all("customer")[0]["id"]
    row = TopUp.objects.create(account=shop.account, millicredits=500_000, amount_minor=500, currency="usd")
    intent = shop.fake.new_intent(amount=500, currency="usd", customer=customer, metadata={"kind": "top_up", "top_up": row.uuid.hex})
    shop.fake.succeed(intent)
    shop.deliver()
    row.refresh_from_db()
    assert (row.state, shop.balance) == ("succeeded", 500_000)


def test_settings_need_a_card_a_threshold_and_a_cap_above_the_price(shop: Shop) -> None:
    pack = CreditPack.objects.get(slug="credits-500")
    with pytest.raises(ConflictError) as no_card:
        set_top_up(shop.account, threshold_millicredits=1, pack=pack, monthly_cap_minor=500)
    with pytest.raises(InvalidRequestError) as low_cap:
        set_top_up(shop.account, threshold_millicredits=1, pack=pack, monthly_cap_minor=499)
    with pytest.raises(InvalidRequestError) as no_threshold:
        set_top_up(shop.account, threshold_millicredits=0, pack=pack, monthly_cap_minor=500)
    assert (no_card.value.code, low_cap.value.param, no_threshold.value.param) == ("no_card", "monthly_cap", "threshold")


@pytest.mark.django_db(transaction=True)
def test_simultaneous_top_ups_charge_the_card_once(fake: Any, make_shop_of: Any) -> None:
    shop: Shop = make_shop_of()
    enable(shop)

    def run(_number: int) -> bool:
        try:
            return top_up_balance(shop.account.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(run, range(6))) == [False] * 5 + [True]
    assert (len(fake.all("charge")), shop.balance) == (1, 500_000)
