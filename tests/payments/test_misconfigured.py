"""An installation with nonsense for Stripe keys, or whose mail server is away: pages say so, and none is a 5xx."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership
from apps.mail.models import OutgoingMail
from apps.mail.services import send_due_mail
from apps.payments.models import CreditPack
from tests.identity.people import sign_up
from tests.payments.conftest import WEBHOOK, Shop
from tests.servers import free_port

pytestmark = pytest.mark.django_db
BILLING = "/dashboard/billing/"
FORM = {"form_id": "a" * 24, "pack": "credits-500", "plan": "starter", "interval": "month"}


@pytest.mark.parametrize("key", ["nonsense", "sk_live_€ ü", "sk_live_with space\tand tab"])
def test_pages_say_that_the_key_of_stripe_is_wrong(shop: Shop, settings: Any, key: str) -> None:
    settings.TTSAI_STRIPE_SECRET_KEY, settings.TTSAI_STRIPE_WEBHOOK_SECRETS = key, ["nonsense"]
    client = Client()
    client.force_login(Membership.objects.get(account=shop.account).user)
    assert CreditPack.objects.filter(slug="credits-500").exists()
    paths = (BILLING, f"{BILLING}invoices/", "/pricing/", "/dashboard/", f"{BILLING}checkout/cs_test_1/")
    assert {path: client.get(path).status_code for path in paths if client.get(path).status_code >= 500} == {}
    for action in ("packs", "subscribe", "portal", "card"):
        assert client.post(f"{BILLING}{action}/", FORM).headers["Location"] == BILLING
        shown = client.get(BILLING).content.decode()
        assert "Payments do not work at the moment." in shown or "Stripe does not answer at the moment." in shown, action
    event = client.post(WEBHOOK, "{}", content_type="application/json", headers={"Stripe-Signature": "t=1,v1=00"})
    assert event.status_code == 400


def test_people_sign_up_while_the_mail_server_is_away_and_the_page_says_that_the_mail_waits(shop: Shop, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    client = Client()
    assert sign_up(client, "ada@example.com").status_code == 302
    assert send_due_mail() == 0
    state = client.get("/account/mail-state/")
    assert state.status_code == 200
    assert "Our mail server does not answer at the moment." in state.content.decode()
    assert client.get("/account/confirm-email/").status_code == 200
    assert client.post("/account/password/reset/", {"email": "ada@example.com"}).status_code == 302
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"waiting"}
