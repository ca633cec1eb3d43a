"""`manage.py ensure_roles`: creates the groups of operators and gives each its permissions."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.operator.services.roles import ensure_roles


class Command(BaseCommand):
    """Idempotent; runs at every start. Edits of these groups are undone; make another group for other permissions."""

    help = "Create the groups support, finance and operations with their permissions."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        self.stdout.write(f"{ensure_roles()} groups created")
