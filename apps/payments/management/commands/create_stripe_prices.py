"""`manage.py create_stripe_prices`: creates the products and prices of plans and packs at Stripe, where the rows have no ids yet."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.payments.services.prices import create_stripe_prices


class Command(BaseCommand):
    help = "Create missing products and prices at Stripe and store their ids; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        for line in create_stripe_prices() or ["Nothing to create: every price has its id."]:
            self.stdout.write(line)
