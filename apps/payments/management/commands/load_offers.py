"""`manage.py load_offers`: creates the prices of plans and the packs of a new installation."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.audit.commands import audited_command
from apps.payments.services.prices import load_starting_offers


class Command(BaseCommand):
    """Idempotent; runs at every start after load_defaults and keeps the operator's edits."""

    help = "Create the starting prices of plans and the packs of a new installation."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with audited_command("load_offers") as log:
            count = load_starting_offers()
            if count:
                log.record(None, f"{count} prices of plans and packs created")
        self.stdout.write(f"{count} prices of plans and packs created")
