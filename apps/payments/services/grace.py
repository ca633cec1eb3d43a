"""End of the days of grace after a failed payment."""

from datetime import datetime

from apps.payments.models import Subscription
from apps.payments.services.entitlements import apply_entitlement
from apps.payments.services.notices import notify_about_money


def end_grace(*, now: datetime | None = None) -> int:
    """Put accounts whose grace has passed on the plan of new accounts; returns their number. A later payment brings the plan back."""
    count = 0
    for subscription in Subscription.objects.select_related("account").filter(status="past_due"):
        if apply_entitlement(subscription.account_id, now=now):
            count += 1
            text = "The payment of your subscription is still missing, so your account is on the free plan now. Paying the open invoice brings your plan back."
            notify_about_money(subscription.account, subject="Your plan has ended", text=text)
    return count
