"""Payments of an account that is erased."""

from django.utils import timezone

from apps.accounts.models import Account
from apps.payments.client import has_payments, stripe_call
from apps.payments.models import Customer
from apps.payments.services.subscriptions import end_subscriptions


def end_payments(account: Account) -> None:
    """Cancel the account's subscriptions and delete its customer at Stripe, with cards, address and email; idempotent.

    Invoices and charges stay at Stripe, and the rows of payments here, as bookkeeping demands. 503 if Stripe does not answer.
    """
    customer = Customer.objects.filter(account=account, deleted_at=None).first()
    if customer is None or not has_payments():
        return
    end_subscriptions(account)
    with stripe_call() as client:
        client.v1.customers.delete(customer.stripe_id)
    Customer.objects.filter(pk=customer.pk).update(deleted_at=timezone.now())
