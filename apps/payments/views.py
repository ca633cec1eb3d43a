"""Pages of money: the billing page of an account, and the public page of prices."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.models import Account, AccountStatus
from apps.accounts.roles import Permission
from apps.billing.selectors import available_millicredits
from apps.core.errors import ApplicationError, ConflictError, NotFoundError
from apps.core.links import public_base
from apps.payments import pricing, selectors
from apps.payments.forms import BuyForm, CardForm, PlanForm, TopUpForm
from apps.payments.models import Customer, Interval
from apps.payments.money import decimals_of
from apps.payments.services import checkout, subscriptions, top_ups
from apps.payments.services.checkout import BILLING_PATH, Buyer
from apps.payments.services.syncing import sync_checkout
from apps.payments.services.top_up_switch import disable_top_up
from apps.teams.access import AccountRequest, account_page
from apps.website.context import acting_account

PAYMENTS_SHOWN = 10
View = Callable[..., HttpResponseBase]


def money_page(*methods: str, is_open_while_suspended: bool = False) -> Callable[[View], View]:
    """Decorate a view for members who may see and change payments. A refusal of a service is shown on the billing page."""
    allowed = [*methods, *(["HEAD"] if "GET" in methods else [])]

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            try:
                return view(request, *args, **kwargs)
            except ApplicationError as error:
                if isinstance(error, NotFoundError):
                    raise Http404(error.message) from None
                messages.error(request, error.message)
                return HttpResponseRedirect(BILLING_PATH)

        page: View = account_page(Permission.MONEY, is_open_while_suspended=is_open_while_suspended)(answered)
        page.methods = [*methods]  # type: ignore[attr-defined]  # tests/pages reads it
        return page

    return decorate


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """Plans compared, also with the plan of the account that the person acts in; packs, prices of services, and what a month would cost."""
    interval, account = _interval(request), acting_account(request)
    subscription = None if account is None else selectors.find_live_subscription(account)
    standings = [(card, _standing_of(account, subscription, card=card, interval=interval)) for card in pricing.plan_cards(interval)]
    context = {
        "interval": interval,
        "choices": standings,
        "subscription": subscription,
        "packs": selectors.list_packs(),
        "tiers": pricing.tier_lines(),
        "services": pricing.service_lines(),
        "calculator": pricing.calculator_data(),
    }
    return render(request, "payments/pricing.html", context)


@money_page("GET", is_open_while_suspended=True)
def billing(request: AccountRequest) -> HttpResponseBase:
    """Balance, plan, packs, automatic top-ups, payments and invoices of the account."""
    return _show_billing(request, form=None)


@money_page("GET", is_open_while_suspended=True)
def confirmation(request: AccountRequest, session_id: str) -> HttpResponseBase:
    """Fragment after a checkout: asks Stripe whether it is paid; once it is, the page is loaded again with the new balance."""
    if not Customer.objects.filter(account=request.account).exists():
        raise NotFoundError("There is no such checkout.")
    if sync_checkout(session_id[:100], account_id=request.account.pk):
        return HttpResponse(headers={"HX-Redirect": f"{BILLING_PATH}?paid=1"})
    return render(request, "payments/confirmation.html", {"session_id": session_id})


@money_page("GET", is_open_while_suspended=True)
def invoices(request: AccountRequest) -> HttpResponseBase:
    """Fragment with the invoices, which Stripe is asked for after the page is shown."""
    try:
        found, error = selectors.list_invoices(request.account), ""
    except ApplicationError as failure:
        found, error = [], failure.message
    return render(request, "payments/invoices.html", {"invoices": found, "error": error})


@money_page("POST", is_open_while_suspended=True)
def buy_pack(request: AccountRequest) -> HttpResponseBase:
    form = _valid(BuyForm(request.POST))
    pack = selectors.get_pack(form["pack"])
    if request.account.status == AccountStatus.SUSPENDED and not selectors.open_debt_millicredits(request.account):
        raise ConflictError("The account is suspended and owes no credits: nothing can be bought.", code="account_suspended")
    return _leave(request, checkout.start_pack_checkout(_buyer(request, form["form_id"]), pack=pack))


@money_page("POST")
def subscribe(request: AccountRequest) -> HttpResponseBase:
    form = _valid(PlanForm(request.POST))
    offer, interval = selectors.get_offer(form["plan"]), Interval(form["interval"])
    return _leave(request, checkout.start_subscription_checkout(_buyer(request, form["form_id"]), offer=offer, interval=interval))


@money_page("POST")
def change_plan(request: AccountRequest) -> HttpResponseBase:
    form = _valid(PlanForm(request.POST))
    offer = selectors.get_offer(form["plan"])
    row = subscriptions.change_subscription(request.account, offer=offer, interval=Interval(form["interval"]))
    if row.next_plan:
        return _done(request, f"Your plan changes to {row.next_plan.name} at the end of the paid period.")
    return _done(request, f"You are on {row.plan.name if row.plan else 'your plan'} now.")


@money_page("POST", is_open_while_suspended=True)
def cancel(request: AccountRequest) -> HttpResponseBase:
    subscriptions.cancel_subscription(request.account)
    return _done(request, "Your subscription ends with the paid period. Until then nothing changes.")


@money_page("POST")
def resume(request: AccountRequest) -> HttpResponseBase:
    subscriptions.resume_subscription(request.account)
    return _done(request, "Your subscription continues as before.")


@money_page("POST", is_open_while_suspended=True)
def portal(request: AccountRequest) -> HttpResponseBase:
    return _leave(request, checkout.open_portal(_buyer(request, "portal")))


@money_page("POST")
def add_card(request: AccountRequest) -> HttpResponseBase:
    """Save a card at Stripe, for automatic top-ups."""
    form = _valid(CardForm(request.POST))
    pack = selectors.list_packs().first()
    return _leave(request, checkout.start_card_setup(_buyer(request, form["form_id"]), currency=pack.currency if pack else "usd"))


@money_page("POST")
def top_up(request: AccountRequest) -> HttpResponseBase:
    """Turn automatic top-ups on, change them, or turn them off."""
    if "disable" in request.POST:
        disable_top_up(request.account.pk)
        return _done(request, "Automatic top-ups are off.")
    form = TopUpForm(request.POST)
    if form.is_valid():
        try:
            top_ups.set_top_up(
                request.account,
                threshold_millicredits=form.threshold_millicredits,
                pack=form.cleaned_data["pack"],
                monthly_cap_minor=form.monthly_cap_minor,
            )
        except ApplicationError as error:
            form.add_error(error.param if error.param in form.fields else None, error.message)
        else:
            return _done(request, "Automatic top-ups are on.")
    return _show_billing(request, form=form)


def _show_billing(request: AccountRequest, *, form: TopUpForm | None) -> HttpResponse:
    account, interval = request.account, _interval(request)
    subscription, settings = selectors.find_live_subscription(account), selectors.find_top_up(account)
    debt = selectors.open_debt_millicredits(account)
    is_suspended = account.status == AccountStatus.SUSPENDED
    cards = [] if is_suspended else [card for card in pricing.plan_cards(interval) if card.offer.stripe_price(interval)]
    context = {
        "balance": available_millicredits(account.pk),
        "debt": debt,
        "is_suspended": is_suspended,
        "plan": account.plan,
        "subscription": subscription,
        "grace_end": selectors.grace_end(subscription) if subscription and subscription.status == "past_due" else None,
        "interval": interval,
        "choices": [(card, _change_of(subscription, card=card, interval=interval)) for card in cards],
        "packs": [pack for pack in selectors.list_packs() if pack.stripe_price and (debt or not is_suspended)],
        "top_up": settings,
        "top_up_form": form or TopUpForm(initial=_top_up_values(settings)),
        "payments": selectors.list_payments(account)[:PAYMENTS_SHOWN],
        "checkout": request.GET.get("checkout", "")[:100],
        "is_paid": "paid" in request.GET,
        "form_id": secrets.token_urlsafe(18),
    }
    return render(request, "payments/billing.html", context, status=422 if form is not None and form.errors else 200)


def _standing_of(account: Account | None, subscription: Any, *, card: pricing.PlanCard, interval: str) -> str:
    """Relation of a plan to the account's own: current, booked, upgrade, downgrade, or subscribe if nothing is subscribed; empty for a visitor."""
    if account is None:
        return ""
    if subscription is None:
        return "current" if account.plan_id == card.offer.plan_id else "subscribe"
    if card.is_free:
        return "booked" if subscription.cancels_at_period_end and card.offer.plan.is_default else "downgrade"
    return _change_of(subscription, card=card, interval=interval)


def _change_of(subscription: Any, *, card: pricing.PlanCard, interval: str) -> str:
    """Action of a plan's button: subscribe, upgrade, downgrade, or none for the plan of the subscription and the one that is booked after it."""
    if subscription is None:
        return "subscribe"
    if subscription.plan_id == card.offer.pk and subscription.interval == interval:
        return "current"
    if (
        subscription.next_plan_id == card.offer.plan_id
        and subscription.next_interval == interval
        and not subscription.cancels_at_period_end
    ):
        return "booked"
    return "upgrade" if subscriptions.is_upgrade(subscription, offer=card.offer, interval=interval) else "downgrade"


def _top_up_values(settings: Any) -> dict[str, Any]:
    if settings is None:
        pack = selectors.list_packs().first()
        return {"threshold": 100, "pack": pack, "monthly_cap": "50.00"}
    cap = settings.monthly_cap_minor / 10 ** decimals_of(settings.pack.currency)
    return {"threshold": f"{settings.threshold_millicredits / 1000:g}", "pack": settings.pack, "monthly_cap": f"{cap:.2f}"}


def _interval(request: HttpRequest) -> Interval:
    return Interval.YEAR if request.GET.get("interval") == Interval.YEAR else Interval.MONTH


def _buyer(request: AccountRequest, form_id: str) -> Buyer:
    return Buyer(account=request.account, email=request.user.email, public_base=public_base(request), form_id=form_id)


def _valid(form: forms.Form) -> dict[str, Any]:
    """Values of a form that the page fills in; anything else is no visitor's mistake."""
    if not form.is_valid():
        raise ApplicationError("The form is out of date. Try again.", code="invalid_form")
    return form.cleaned_data


def _leave(request: HttpRequest, url: str) -> HttpResponse:
    """Page that leads on to Stripe. A redirect of the form itself would need Stripe's addresses in the policy of every page."""
    response = render(request, "payments/leaving.html", {"url": url})
    response["Refresh"] = f"0; url={url}"
    return response


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(BILLING_PATH)
