"""Customers at Stripe: one for each account, made at its first payment."""

from apps.accounts.models import Account
from apps.payments.client import stripe_call
from apps.payments.models import Customer
from apps.payments.services.turns import account_turn


def get_or_create_customer(account: Account, *, email: str) -> Customer:
    """The account's customer, created once also by simultaneous requests and after a crash in between.

    The parameters of its creation never change, as the idempotency key demands; name and address follow.
    """
    customer = Customer.objects.filter(account=account).first()
    if customer is not None:
        return customer
    with account_turn(account.pk):
        customer = Customer.objects.filter(account=account).first()
        if customer is not None:
            return customer
        with stripe_call() as client:
            created = client.v1.customers.create(
                {"metadata": {"account": str(account.pk)}}, {"idempotency_key": f"customer:{account.pk}:{account.created_at.timestamp()}"}
            )
            customer = Customer.objects.create(account=account, stripe_id=created.id)
            client.v1.customers.update(created.id, {"email": email, "name": account.name})
    return customer
