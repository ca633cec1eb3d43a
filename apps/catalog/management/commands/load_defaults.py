"""`manage.py load_defaults`: creates the plans, prices and stand-ins of a new installation."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.services import load_starting_plans
from apps.audit.commands import audited_command
from apps.billing.services import load_starting_service_prices, load_starting_tier_prices
from apps.catalog.services import load_starting_stand_ins


class Command(BaseCommand):
    """Idempotent; runs at every start and keeps the operator's edits."""

    help = "Create the starting plans, prices and stand-ins of a new installation."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with audited_command("load_defaults") as log:
            plan_count, price_count = load_starting_plans(), load_starting_tier_prices() + load_starting_service_prices()
            stand_in_count = load_starting_stand_ins()
            created = f"{plan_count} plans, {price_count} prices and {stand_in_count} stand-ins created"
            if plan_count + price_count + stand_in_count:
                log.record(None, created)
        self.stdout.write(created)
