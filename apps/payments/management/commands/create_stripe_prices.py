"""`manage.py create_stripe_prices`: creates the products and prices of plans and packs at Stripe, where the rows have no ids yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.audit.commands import audited_command
from apps.core.errors import ApplicationError
from apps.payments.services.prices import create_stripe_prices


class Command(BaseCommand):
    help = "Create missing products and prices at Stripe and store their ids; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with audited_command("create_stripe_prices", is_atomic=False) as log:
            try:
                created = create_stripe_prices()
            except ApplicationError as error:
                raise CommandError(error.message) from error
            log.record(None, "; ".join(created) or "Nothing to create")
        for line in created or ["Nothing to create: every price has its id."]:
            self.stdout.write(line)
