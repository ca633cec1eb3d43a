"""`manage.py ensure_roles`: creates the groups of operators and gives each its permissions."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.audit.commands import audited_command
from apps.operator.services.roles import ensure_roles


class Command(BaseCommand):
    """Idempotent; runs at every start. Edits of these groups are undone; make another group for other permissions."""

    help = "Create the groups support, finance and operations with their permissions."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with audited_command("ensure_roles") as log:
            count = ensure_roles()
            if count:
                log.record(None, f"{count} groups of operators created")
        self.stdout.write(f"{count} groups created")
