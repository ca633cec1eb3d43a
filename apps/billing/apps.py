"""The Django app billing."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """The ledger of credits, and prices."""

    name = "apps.billing"
    label = "billing"
