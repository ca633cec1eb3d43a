"""A buyer in Chromium: buys a pack on the fake's page and sees the balance rise; the pages in both themes and widths."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from apps.accounts.models import Membership
from apps.billing.services import load_starting_service_prices, load_starting_tier_prices
from apps.payments.models import StripeEvent
from apps.payments.tasks import process_stripe_events
from tests.payments.conftest import Shop, make_shop
from tests.stripe_fake import StripeFake
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.website.accessibility import serious_violations

pytestmark = [
    pytest.mark.prove,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
]
SHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture
def page() -> Iterator[Browser]:
    with browser() as opened:
        opened.show_as()
        yield opened


@pytest.fixture
def buyer(fake: StripeFake, live_server: Any, page: Browser) -> Shop:
    """Owner who is logged in in the browser; events go to the running server."""
    fake.webhook_url = f"{live_server.url}/webhooks/stripe/"
    load_starting_tier_prices()
    load_starting_service_prices()
    shop = make_shop(fake)
    client = Client()
    client.force_login(Membership.objects.get(account=shop.account).user)
    page.set_cookie(live_server.url, name=configured.SESSION_COOKIE_NAME, value=client.cookies[configured.SESSION_COOKIE_NAME].value)
    return shop


def test_buyer_pays_on_the_page_of_stripe_and_sees_the_balance_rise(buyer: Shop, live_server: Any, page: Browser) -> None:
    page.open(f"{live_server.url}/dashboard/billing/")
    assert page.value("document.querySelector('#balance').textContent") == "0"
    page.click("#buy-credits-2500")
    page.wait_until("location.pathname.startsWith('/pay/')")
    assert page.value("document.querySelector('#amount').textContent") == "22.00 USD"
    page.click("#decline")
    page.wait_until("document.readyState === 'complete' && location.pathname.startsWith('/pay/')")
    page.click("#pay")
    page.wait_until("document.querySelector('#balance')?.textContent === '2,500'")
    page.wait_until("document.querySelector('.table tbody th')?.textContent.includes('2,500 credits')")
    buyer.fake.unsent()
    process_stripe_events()
    assert buyer.balance == 2_500_000
    assert StripeEvent.objects.filter(state="failed").count() == 0
    assert page.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_every_width_and_have_no_serious_violations(buyer: Shop, live_server: Any, page: Browser, theme: str) -> None:
    pages = {"pricing": "/pricing/", "billing-new": "/dashboard/billing/"}
    _visit(pages, live_server, page, theme=theme)
    buyer.subscribe("starter")
    buyer.fake.refund(buyer.buy_pack(), amount=100)
    buyer.deliver()
    _visit({"pricing-year": "/pricing/?interval=year", "billing": "/dashboard/billing/"}, live_server, page, theme=theme)
    page.click("[data-open='#change-pro']")
    page.screenshot(SHOTS / f"billing-dialog-{theme}-1440.png", width=1440, theme=theme, is_whole=False)


def _visit(pages: dict[str, str], live_server: Any, page: Browser, *, theme: str) -> None:
    for name, path in pages.items():
        for width in (390, 1440):
            page.show_as(width=width, theme=theme)
            page.open(
                f"{live_server.url}{path}", until="document.readyState === 'complete' && !document.body.textContent.includes('Loading…')"
            )
            page.screenshot(SHOTS / f"{name}-{theme}-{width}.png", width=width, theme=theme)
            assert page.overflow() <= 0, (name, width)  # less while a scroll bar takes its place
            assert serious_violations(page) == [], (name, theme)
