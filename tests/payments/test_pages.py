"""The billing page by role and state, its actions, and the public page of prices."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.accounts.services import close_account, load_starting_plans, suspend_account
from apps.billing.services import load_starting_service_prices, load_starting_tier_prices
from apps.payments.models import AutoTopUp, CreditDebt, CreditPack, Payment, Subscription
from apps.payments.pricing import calculator_data
from apps.payments.services.prices import load_starting_offers
from apps.privacy.models import Export
from tests.factories import AccountFactory, AnonymousPlanFactory, MembershipFactory
from tests.payments.conftest import Shop

pytestmark = pytest.mark.django_db
BILLING = "/dashboard/billing/"
ACTIONS = ("packs", "subscribe", "change", "cancel", "resume", "portal", "card", "top-up")
FORM = {"form_id": "a" * 24}


def browser_of(shop: Shop, role: Role = Role.OWNER) -> Client:
    client = Client()
    member = Membership.objects.filter(account=shop.account, role=role).first() or MembershipFactory(account=shop.account, role=role)
    client.force_login(member.user)
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def shown_messages(client: Client) -> str:
    return text_of(client.get(BILLING))


class TestBilling:
    """GET and POST below /dashboard/billing/."""

    def test_page_shows_balance_plan_packs_and_plans_with_few_queries(self, shop: Shop, django_assert_max_num_queries: Any) -> None:
        shop.subscribe()
        client = browser_of(shop)
        with django_assert_max_num_queries(17):
            answer = client.get(BILLING)
        page = text_of(answer)
        assert answer.status_code == 200
        for part in ("1,000</p>", "Starter", "renews on", "$5.00", "Upgrade", "Starter, invoice FAKE-0001", "Buy credits"):
            assert part in page, part
        assert "default-src" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("role", [Role.DEVELOPER, Role.VIEWER])
    def test_members_without_the_permission_of_money_see_and_buy_nothing(self, shop: Shop, role: Role) -> None:
        client = browser_of(shop, role)
        paths = [BILLING, f"{BILLING}invoices/", f"{BILLING}checkout/cs_test_1/"]
        assert {client.get(path).status_code for path in paths} == {403}
        assert {client.post(f"{BILLING}{action}/", FORM).status_code for action in ACTIONS} == {403}
        assert shop.fake.requests == []

    def test_visitors_are_sent_to_the_login_page(self, shop: Shop) -> None:
        assert Client().get(BILLING).headers["Location"] == "/account/login/?next=%2Fdashboard%2Fbilling%2F"
        assert {Client().post(f"{BILLING}{action}/").status_code for action in ACTIONS} == {302}

    def test_actions_need_the_csrf_token_and_are_no_get(self, shop: Shop) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(Membership.objects.get(account=shop.account).user)
        assert {client.post(f"{BILLING}{action}/", FORM).status_code for action in ACTIONS} == {403}
        assert {client.get(f"{BILLING}{action}/").status_code for action in ACTIONS} == {405}

    def test_billing_member_buys_a_pack_and_sees_the_balance_rise_after_the_return(self, shop: Shop) -> None:
        client = browser_of(shop, Role.BILLING)
        answers = [client.post(f"{BILLING}packs/", {**FORM, "pack": "credits-500"}) for _ in range(2)]
        [session] = shop.fake.all("checkout.session")
        assert {answer.headers["Refresh"] for answer in answers} == {f"0; url={session['url']}"}
        waiting = client.get(f"{BILLING}checkout/{session['id']}/")
        assert "Waiting for Stripe" in text_of(waiting)
        shop.fake.pay(session)
        assert f'hx-get="{BILLING}checkout/{session["id"]}/"' in text_of(client.get(f"{BILLING}?checkout={session['id']}"))
        assert client.get(f"{BILLING}checkout/{session['id']}/").headers["HX-Redirect"] == f"{BILLING}?paid=1"
        assert "the payment is complete" in text_of(client.get(f"{BILLING}?paid=1"))
        assert shop.balance == 500_000

    def test_checkout_of_another_account_grants_and_shows_nothing(self, shop: Shop, make_shop_of: Any) -> None:
        other: Shop = make_shop_of()
        session = shop.fake.pay(shop.open_pack())
        stranger = browser_of(other)
        assert stranger.get(f"{BILLING}checkout/{session['id']}/").status_code == 404  # it never bought anything
        other.open_pack()
        assert "Waiting" in text_of(stranger.get(f"{BILLING}checkout/{session['id']}/"))
        assert (shop.balance, other.balance) == (0, 0)

    def test_subscription_is_started_changed_cancelled_and_resumed_from_the_page(self, shop: Shop) -> None:
        client = browser_of(shop)
        client.post(f"{BILLING}subscribe/", {**FORM, "plan": "pro", "interval": "month"})
        shop.fake.pay(shop.fake.all("checkout.session")[0])
        shop.deliver()
        client.post(f"{BILLING}change/", {**FORM, "plan": "starter", "interval": "month"})
        assert "Changes to Starter on" in shown_messages(client)
        client.post(f"{BILLING}resume/")
        client.post(f"{BILLING}cancel/")
        assert "Ends on" in shown_messages(client)
        client.post(f"{BILLING}resume/")
        client.post(f"{BILLING}change/", {**FORM, "plan": "enterprise", "interval": "month"})
        assert "You are on Enterprise now." in shown_messages(client)
        assert Subscription.objects.get().plan.slug == shop.plan == "enterprise"  # type: ignore[union-attr]

    def test_booked_downgrade_is_marked_with_its_day_and_not_offered_again(self, shop: Shop) -> None:
        shop.subscribe("pro")
        client = browser_of(shop)
        assert ('id="change-starter"' in text_of(client.get(BILLING)), "From " in text_of(client.get(BILLING))) == (True, False)
        client.post(f"{BILLING}change/", {**FORM, "plan": "starter", "interval": "month"})
        page = text_of(client.get(BILLING))
        assert ('id="change-starter"' in page, 'id="change-enterprise"' in page, page.count(">From ")) == (False, True, 1)
        assert "it replaces the change to Starter on" in page
        assert 'id="change-starter"' in text_of(client.get(f"{BILLING}?interval=year"))  # the year of the same plan is another choice
        prices = text_of(client.get("/pricing/"))
        assert (prices.count(">From "), "Downgrade to Starter" in prices, "Upgrade to Enterprise" in prices) == (1, False, True)

    def test_booked_cancellation_says_that_choosing_a_plan_takes_it_back(self, shop: Shop) -> None:
        shop.subscribe("pro")
        client = browser_of(shop)
        assert "taken back" not in text_of(client.get(BILLING))
        client.post(f"{BILLING}cancel/")
        page = text_of(client.get(BILLING))
        assert ("If you choose a plan here, the cancellation is taken back" in page, page.count("Your cancellation is taken back")) == (
            True,
            2,
        )
        prices = text_of(client.get("/pricing/"))
        assert (prices.count(">From "), "Downgrade to Free" in prices) == (1, False)

    def test_declined_upgrade_is_reported_on_the_page(self, shop: Shop) -> None:
        shop.subscribe()
        shop.fake.set_cards(shop.fake.all("customer")[0]["id"], works=False)
        client = browser_of(shop)
        assert client.post(f"{BILLING}change/", {**FORM, "plan": "pro", "interval": "month"}).status_code == 302
        assert "The payment of the difference failed" in shown_messages(client)

    def test_failed_payment_debt_and_disabled_top_up_are_shown(self, shop: Shop) -> None:
        shop.subscribe()
        shop.fake.set_cards(shop.fake.all("customer")[0]["id"], works=False)
        shop.fake.advance(days=31)
        shop.deliver()
        CreditDebt.objects.create(account=shop.account, payment=Payment.objects.get(), owed_millicredits=7000)
        pack = CreditPack.objects.get(slug="credits-500")
        AutoTopUp.objects.create(
            account=shop.account, threshold_millicredits=1, pack=pack, monthly_cap_minor=500, disabled_reason="The last one failed."
        )
        page = text_of(browser_of(shop).get(BILLING))
        for part in ("Your plan stays until", "7 credits of a refunded or disputed payment", "The last one failed."):
            assert part in page, part

    def test_top_up_form_tells_what_is_wrong_beside_the_field_and_saves(self, shop: Shop) -> None:
        client, pack = browser_of(shop), CreditPack.objects.get(slug="credits-2500")
        body = {"threshold": "50", "pack": pack.pk, "monthly_cap": "10"}
        low = client.post(f"{BILLING}top-up/", body)
        assert (low.status_code, "below the price of one pack, $22.00" in text_of(low)) == (422, True)
        body["monthly_cap"] = "60"
        assert "There is no saved card" in text_of(client.post(f"{BILLING}top-up/", body))
        client.post(f"{BILLING}card/", FORM)
        shop.fake.pay(shop.fake.all("checkout.session")[0])
        assert client.post(f"{BILLING}top-up/", body).status_code == 302
        row = AutoTopUp.objects.get()
        assert (row.is_enabled, row.threshold_millicredits, row.monthly_cap_minor, row.pack) == (True, 50_000, 6000, pack)
        client.post(f"{BILLING}top-up/", {"disable": "1"})
        assert not AutoTopUp.objects.get().is_enabled

    def test_invoices_have_pdf_links_and_tax_ids_and_are_the_accounts_own(self, shop: Shop, make_shop_of: Any) -> None:
        shop.open_pack()
        shop.fake.all("customer")[0]["tax_ids"] = [{"type": "eu_vat", "value": "DE123456789"}]
        shop.subscribe()
        page = text_of(browser_of(shop).get(f"{BILLING}invoices/"))
        invoice = shop.fake.all("invoice")[0]
        for part in (f'href="{invoice["invoice_pdf"]}"', "FAKE-0001", "DE123456789", "$9.00", "Paid"):
            assert part in page, part
        assert "No invoices yet" in text_of(browser_of(make_shop_of()).get(f"{BILLING}invoices/"))

    def test_page_and_actions_without_a_key_say_that_nothing_is_sold(self, shop: Shop, settings: Any) -> None:
        settings.TTSAI_STRIPE_SECRET_KEY = ""
        client = browser_of(shop)
        page = text_of(client.get(BILLING))
        assert "Payments are not set up on this server" in page
        assert "Buy credits" not in page
        client.post(f"{BILLING}packs/", {**FORM, "pack": "credits-500"})
        assert "the operator has given no Stripe key" in shown_messages(client)
        assert "No invoices yet" in text_of(client.get(f"{BILLING}invoices/"))

    def test_page_stays_up_while_stripe_is_away(self, shop: Shop, settings: Any) -> None:
        shop.buy_pack()
        settings.TTSAI_STRIPE_SECRET_KEY = "sk_test_wrong"
        client = browser_of(shop)
        assert client.get(BILLING).status_code == 200
        assert "Payments do not work at the moment" in text_of(client.get(f"{BILLING}invoices/"))
        assert client.post(f"{BILLING}portal/").status_code == 302
        assert "Payments do not work at the moment" in shown_messages(client)

    @pytest.mark.parametrize(
        ("action", "body", "status"),
        [
            ("packs", {}, 302),
            ("packs", {"form_id": "x", "pack": "credits-500"}, 302),
            ("packs", {**FORM, "pack": "nothing"}, 404),
            ("subscribe", {**FORM, "plan": "nothing", "interval": "month"}, 404),
            ("change", {**FORM, "plan": "pro", "interval": "day"}, 302),
            ("top-up", {"threshold": "NaN", "pack": "x", "monthly_cap": "-1"}, 422),
        ],
    )
    def test_invalid_forms_are_refused_without_asking_stripe(self, shop: Shop, action: str, body: dict[str, str], status: int) -> None:
        assert browser_of(shop).post(f"{BILLING}{action}/", body).status_code == status
        assert shop.fake.requests == []


class TestPricing:
    """GET /pricing/."""

    @pytest.fixture(autouse=True)
    def _rows(self) -> None:
        load_starting_plans()
        load_starting_offers()
        load_starting_tier_prices()
        load_starting_service_prices()

    def test_page_compares_plans_packs_and_services_by_the_rows(self, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(12):
            answer = Client().get("/pricing/")
        page = text_of(answer)
        for part in ("$9.00", "$39.00", "$5.00", "500 credits", "Speech to text", "2 <span", "Sign up", "not set up on this server"):
            assert part in page, part
        assert "/dashboard/billing/" not in page
        assert "Choose " not in page
        assert len(answer.content) < 60_000

    def test_yearly_prices_show_the_saving(self) -> None:
        page = text_of(Client().get("/pricing/?interval=year"))
        assert "$90.00 <span" in page
        assert "$18.00 less than twelve months" in page

    def test_calculator_has_the_prices_that_are_charged(self) -> None:
        data = calculator_data()
        assert data["tiers"] == [
            {"name": "free", "millicredits": 1000},
            {"name": "standard", "millicredits": 2000},
            {"name": "premium", "millicredits": 4000},
        ]
        assert (data["transcription"], data["conversion"]) == (2000, 3000)
        assert data["packs"][0] == {"name": "500 credits", "minor": 500, "millicredits": 500_000, "currency": "usd", "decimals": 2}
        assert [plan["name"] for plan in data["plans"]] == ["Free", "Starter", "Pro", "Enterprise"]

    def test_person_who_is_logged_in_sees_it_too(self) -> None:
        AnonymousPlanFactory()
        client = Client()
        client.force_login(MembershipFactory(account=AccountFactory()).user)
        assert "Dashboard" in text_of(client.get("/pricing/"))


class TestPricingOfAnAccount:
    """The page of prices for a member."""

    @pytest.mark.parametrize(
        ("interval", "expected"),
        [
            ("month", {"Free": "Downgrade to Free", "Starter": "Your plan", "Pro": "Upgrade to Pro"}),
            ("year", {"Free": "Downgrade to Free", "Starter": "Upgrade to Starter", "Pro": "Upgrade to Pro"}),
        ],
    )
    def test_plan_of_the_account_is_marked_and_the_others_say_which_way_they_lead(
        self, shop: Shop, interval: str, expected: dict[str, str]
    ) -> None:
        shop.subscribe()
        assert {name: offered(browser_of(shop), interval)[name] for name in expected} == expected

    def test_account_without_a_subscription_sees_its_plan_and_offers_of_others(self, shop: Shop) -> None:
        found = offered(browser_of(shop), "month")
        assert (found["Free"], found["Starter"], found["Pro"]) == ("Your plan", "Choose Starter", "Choose Pro")

    def test_member_without_the_permission_of_money_is_offered_no_change(self, shop: Shop) -> None:
        shop.subscribe()
        found = offered(browser_of(shop, Role.VIEWER), "month")
        assert (found["Starter"], found["Pro"]) == ("Your plan", "")


def offered(client: Client, interval: str) -> dict[str, str]:
    """Button or badge of each plan on the page of prices."""
    page = text_of(client.get("/pricing/", {"interval": interval}))
    cards = re.findall(r"<article.*?</article>", page)
    ends = {re.findall(r"<h3>(.*?)</h3>", card)[0]: card.partition("</ul>")[2] for card in cards}
    return {name: " ".join(re.sub(r"<[^>]+>", "", end).split()) for name, end in ends.items()}


class TestSuspended:
    """A suspended account sees why, pays what it owes, reads its invoices and exports; nothing else."""

    @staticmethod
    def owing(shop: Shop, *, owed: int) -> None:
        shop.buy_pack()
        suspend_account(shop.account, reason="chargeback, see ticket 7", notice="A payment was disputed.")
        if owed:
            CreditDebt.objects.create(account=shop.account, payment=Payment.objects.get(), owed_millicredits=owed)

    def test_page_says_why_and_offers_a_pack_for_what_is_owed(self, shop: Shop) -> None:
        self.owing(shop, owed=2000)
        client = browser_of(shop)
        page = text_of(client.get(BILLING))
        for part in ("This account is suspended.", "A payment was disputed.", "2 credits of a refunded", "Buy credits", "Export all data"):
            assert part in page, part
        for part in ("ticket 7", "Subscribe", "Automatic top-up", "/dashboard/jobs/"):
            assert part not in page, part
        assert (
            client.post(f"{BILLING}packs/", {**FORM, "pack": CreditPack.objects.earliest("pk").slug})
            .headers["Refresh"]
            .startswith("0; url=")
        )
        assert client.get(f"{BILLING}invoices/").status_code == 200
        assert client.post(f"{BILLING}portal/").status_code == 200

    def test_nothing_is_sold_to_a_suspended_account_that_owes_nothing(self, shop: Shop) -> None:
        self.owing(shop, owed=0)
        client = browser_of(shop)
        sessions = len(shop.fake.requests)
        assert "Buy credits" not in text_of(client.get(BILLING))
        assert client.post(f"{BILLING}packs/", {**FORM, "pack": CreditPack.objects.earliest("pk").slug}).status_code == 302
        assert "owes no credits: nothing can be bought." in shown_messages(client)
        assert len(shop.fake.requests) == sessions

    @pytest.mark.parametrize("action", ["subscribe", "change", "resume", "card", "top-up"])
    def test_other_changes_are_refused_with_the_message_of_the_operator(self, shop: Shop, action: str) -> None:
        self.owing(shop, owed=0)
        answer = browser_of(shop).post(f"{BILLING}{action}/", FORM)
        assert (answer.status_code, "A payment was disputed." in text_of(answer)) == (403, True)

    @pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/jobs/", "/dashboard/keys/", "/dashboard/settings/", "/dashboard/team/"])
    def test_other_pages_lead_to_billing_those_who_may_see_money(self, shop: Shop, path: str) -> None:
        self.owing(shop, owed=0)
        assert browser_of(shop).get(path).headers["Location"] == BILLING
        assert browser_of(shop, Role.DEVELOPER).get(path).status_code == 403

    def test_owner_exports_all_data_of_the_suspended_account(self, shop: Shop) -> None:
        self.owing(shop, owed=0)
        client = browser_of(shop)
        assert "Make an export" in text_of(client.get("/dashboard/settings/export/"))
        answer = client.post("/dashboard/settings/export/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard/settings/export/")
        assert Export.objects.get().account == shop.account
        assert browser_of(shop, Role.BILLING).get("/dashboard/settings/export/").headers.get("Location") is None

    def test_a_closed_account_has_no_billing_page(self, shop: Shop) -> None:
        close_account(shop.account, reason="erased")
        assert browser_of(shop).get(BILLING).status_code == 403
