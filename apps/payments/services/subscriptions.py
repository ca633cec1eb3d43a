"""Changes of a subscription: upgrades at once, downgrades and cancellation at the end of the paid period."""

from apps.accounts.models import Account
from apps.core.errors import ConflictError
from apps.payments.client import CardDeclinedError, as_dict, stripe_call
from apps.payments.models import Interval, PlanOffer, Subscription
from apps.payments.selectors import find_live_subscription
from apps.payments.services.syncing import sync_invoice, sync_subscription
from apps.payments.services.turns import account_turn


def change_subscription(account: Account, *, offer: PlanOffer, interval: Interval) -> Subscription:
    """Put the subscription on another plan or interval.

    An upgrade (a higher plan for the same or a longer interval, or a year of the same plan) takes effect and is paid at once, less what the former plan was paid for; it is
    refused with 402 if the payment fails. Anything else is a downgrade: it takes effect at the end of the paid period, and costs nothing now.
    Either takes a booked cancellation back, and replaces a booked downgrade.
    """
    price = offer.stripe_price(interval)
    if not price:
        raise ConflictError(f"{offer.plan.name} by the {interval} is not for sale here.", code="not_for_sale")
    with account_turn(account.pk):
        subscription = _live(account)
        if subscription.stripe_price == price and not subscription.next_plan:
            raise ConflictError(f"The subscription is on {offer.plan.name} by the {interval} already.", code="same_plan")
        if subscription.status == "past_due":
            raise ConflictError("The last payment failed. Pay the open invoice before changing the plan.", code="payment_due")
        _release_schedule(subscription)
        _take_cancellation_back(subscription)
        if is_upgrade(subscription, offer=offer, interval=interval):
            return _upgrade(subscription, price=price)
        if subscription.stripe_price != price:
            _schedule(subscription, price=price, interval=interval)
        return _synced(subscription)


def is_upgrade(subscription: Subscription, *, offer: PlanOffer, interval: str) -> bool:
    """True for a higher plan, and for the same plan by the year instead of by the month; never for a month instead of a year that is paid."""
    if subscription.interval == Interval.YEAR and interval == Interval.MONTH:
        return False
    own = getattr(subscription.plan, "offer", None)
    if own is None or own.pk == offer.pk:
        return subscription.interval == Interval.MONTH and interval == Interval.YEAR
    return bool(offer.position > own.position)


def cancel_subscription(account: Account) -> Subscription:
    """End the subscription with the paid period; the plan stays until then."""
    with account_turn(account.pk):
        subscription = _live(account)
        _release_schedule(subscription)
        with stripe_call() as client:
            client.v1.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
        return _synced(subscription)


def resume_subscription(account: Account) -> Subscription:
    """Take back a cancellation, or a change at the end of the period."""
    with account_turn(account.pk):
        subscription = _live(account)
        _release_schedule(subscription)
        _take_cancellation_back(subscription)
        return _synced(subscription)


def end_subscriptions(account: Account) -> int:
    """Cancel every subscription of a closed account at once, without refund; returns their number."""
    live = [one for one in Subscription.objects.filter(account=account) if one.is_live or one.status in {"unpaid", "incomplete", "paused"}]
    for subscription in live:
        with stripe_call() as client:
            client.v1.subscriptions.cancel(subscription.stripe_id)
        _synced(subscription)
    return len(live)


def _upgrade(subscription: Subscription, *, price: str) -> Subscription:
    """Change the price and charge the difference at once. Stripe keeps the former price if the payment fails (pending_if_incomplete)."""
    with stripe_call() as client:
        found = as_dict(client.v1.subscriptions.retrieve(subscription.stripe_id))
        changed = as_dict(
            client.v1.subscriptions.update(
                subscription.stripe_id,
                {
                    "items": [{"id": found["items"]["data"][0]["id"], "price": price}],
                    "proration_behavior": "always_invoice",
                    "payment_behavior": "pending_if_incomplete",
                },
            )
        )
    if changed.get("latest_invoice"):
        sync_invoice(changed["latest_invoice"], account_id=subscription.account_id)
    row = _synced(subscription)
    if row.has_pending_update:
        raise CardDeclinedError("The payment of the difference failed, so the plan is unchanged. Check the card and try again.")
    return row


def _schedule(subscription: Subscription, *, price: str, interval: str) -> None:
    """Plan the change by a subscription schedule of two phases, which ends (releases the subscription) once the second one runs."""
    with stripe_call() as client:
        created = as_dict(client.v1.subscription_schedules.create({"from_subscription": subscription.stripe_id}))
        current = created["phases"][0]
        client.v1.subscription_schedules.update(
            created["id"],
            {
                "end_behavior": "release",
                "phases": [
                    {
                        "items": [{"price": subscription.stripe_price, "quantity": 1}],
                        "start_date": current["start_date"],
                        "end_date": current["end_date"],
                        "proration_behavior": "none",
                    },
                    {
                        "items": [{"price": price, "quantity": 1}],
                        "duration": {"interval": "year" if interval == Interval.YEAR else "month", "interval_count": 1},
                        "proration_behavior": "none",
                    },
                ],
            },
        )


def _release_schedule(subscription: Subscription) -> None:
    if subscription.stripe_schedule:
        with stripe_call() as client:
            client.v1.subscription_schedules.release(subscription.stripe_schedule)


def _take_cancellation_back(subscription: Subscription) -> None:
    if subscription.cancels_at_period_end:
        with stripe_call() as client:
            client.v1.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": False})


def _live(account: Account) -> Subscription:
    """The live subscription as Stripe sees it now."""
    known = find_live_subscription(account)
    subscription = None if known is None else sync_subscription(known.stripe_id, account_id=account.pk)
    if subscription is None or not subscription.is_live:
        raise ConflictError("The account has no subscription.", code="no_subscription")
    return subscription


def _synced(subscription: Subscription) -> Subscription:
    return sync_subscription(subscription.stripe_id, account_id=subscription.account_id) or subscription
