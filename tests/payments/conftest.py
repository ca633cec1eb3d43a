"""The fake Stripe, a shop with prices, and buyers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.accounts.models import Account, Plan, Role
from apps.accounts.services import load_starting_plans
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.payments.models import CreditPack, Interval, PlanOffer, StripeEvent, Subscription
from apps.payments.services.checkout import Buyer, start_pack_checkout, start_subscription_checkout
from apps.payments.services.events import process_event
from apps.payments.services.prices import load_starting_offers
from tests.factories import MembershipFactory
from tests.stripe_fake import StripeFake
from tests.stripe_fake.server import SECRET_KEY, WEBHOOK_SECRET
from tests.stripe_fake.state import encoded, sign

WEBHOOK = "/webhooks/stripe/"


@pytest.fixture(scope="session")
def running_fake() -> Iterator[StripeFake]:
    """Server of all tests; a client of its own for each would load certificates each time."""
    with StripeFake() as running:
        yield running


@pytest.fixture
def fake(settings: Any, running_fake: StripeFake) -> StripeFake:
    """Empty fake, which the settings point to."""
    settings.TTSAI_STRIPE_SECRET_KEY = SECRET_KEY
    settings.TTSAI_STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
    settings.TTSAI_STRIPE_API_BASE = running_fake.base
    running_fake.reset()
    return running_fake


@dataclass
class Shop:
    """An account that buys, and what happens at Stripe."""

    fake: StripeFake
    account: Account
    email: str

    def buyer(self, form_id: str = "") -> Buyer:
        return Buyer(account=self.account, email=self.email, public_base="http://testserver", form_id=form_id or uuid4().hex)

    def open_pack(self, slug: str = "credits-500", *, form_id: str = "") -> dict[str, Any]:
        """Checkout session of a pack."""
        return self.session(start_pack_checkout(self.buyer(form_id), pack=CreditPack.objects.get(slug=slug)))

    def buy_pack(self, slug: str = "credits-500") -> str:
        """Buy a pack, with its events; returns the id of the payment."""
        session = self.fake.pay(self.open_pack(slug))
        self.deliver()
        return str(session["payment_intent"])

    def open_subscription(self, plan: str = "starter", interval: str = "month") -> dict[str, Any]:
        offer = PlanOffer.objects.get(plan__slug=plan)
        return self.session(start_subscription_checkout(self.buyer(), offer=offer, interval=Interval(interval)))

    def subscribe(self, plan: str = "starter", interval: str = "month") -> Subscription:
        self.fake.pay(self.open_subscription(plan, interval))
        self.deliver()
        return Subscription.objects.get(account=self.account)

    def session(self, url: str) -> dict[str, Any]:
        return self.fake.get("checkout.session", url.rpartition("/")[2])

    def deliver(self, **order: Any) -> list[int]:
        """Send the fake's new events to the endpoint and process them; returns the statuses."""
        statuses = [post_event(event).status_code for event in self.fake.unsent(**order)]
        for stripe_id in StripeEvent.objects.order_by("pk").values_list("stripe_id", flat=True):
            process_event(stripe_id)
        return statuses

    @property
    def balance(self) -> int:
        return available_millicredits(self.account.pk)

    @property
    def plan(self) -> str:
        return Plan.objects.get(accounts=self.account).slug

    def entries(self) -> list[tuple[str, int]]:
        return list(LedgerEntry.objects.filter(account=self.account).order_by("pk").values_list("kind", "amount_millicredits"))

    def check_books(self) -> None:
        assert ledger_differences() == []


def post_event(event: dict[str, Any], *, secret: str = WEBHOOK_SECRET, at: int | None = None, signature: str | None = None) -> Any:
    body = encoded(event)
    header = sign(body, secret, at=at) if signature is None else signature
    return Client(enforce_csrf_checks=True).post(WEBHOOK, body, content_type="application/json", headers={"Stripe-Signature": header})


@pytest.fixture
def shop(db: None, fake: StripeFake) -> Shop:
    return make_shop(fake)


@pytest.fixture
def make_shop_of(fake: StripeFake) -> Callable[[], Shop]:
    return lambda: make_shop(fake)


def make_shop(fake: StripeFake) -> Shop:
    """Plans, prices at the fake, and an owner's account on the plan of new accounts."""
    if not PlanOffer.objects.exists():
        load_starting_plans()
        load_starting_offers()
        add_prices(fake)
    account = Account.objects.create(name="Buyers Ltd", plan=Plan.objects.get(is_default=True))
    member = MembershipFactory(account=account, role=Role.OWNER)
    return Shop(fake, account, member.user.email)


def add_prices(fake: StripeFake) -> None:
    """Prices of all rows at the fake, without the requests of create_stripe_prices, which has a test of its own."""
    for offer in PlanOffer.objects.exclude(monthly_price_minor=0):
        offer.stripe_product = fake.new("product", "prod", name=offer.plan.name)["id"]
        offer.stripe_monthly_price = new_price(fake, offer.stripe_product, offer.monthly_price_minor or 0, interval="month")
        offer.stripe_yearly_price = new_price(fake, offer.stripe_product, offer.yearly_price_minor or 0, interval="year")
        offer.save()
    for pack in CreditPack.objects.all():
        pack.stripe_price = new_price(fake, fake.new("product", "prod", name=pack.name)["id"], pack.price_minor)
        pack.save()


def new_price(fake: StripeFake, product: str, amount: int, *, interval: str | None = None) -> str:
    recurring = None if interval is None else {"interval": interval, "interval_count": 1}
    return str(fake.new("price", "price", product=product, currency="usd", unit_amount=amount, recurring=recurring)["id"])
