"""`manage.py ensure_demo`: creates the demo account, its key and the admin user on the first start."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from apps.audit.commands import audited_command
from apps.billing.services.demo import ensure_demo


class Command(BaseCommand):
    """Idempotent; runs at every start and prints {"key", "admin_email"}."""

    help = "Create the demo account with a key, and the admin; print both as JSON."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        with audited_command("ensure_demo") as log:
            demo = ensure_demo()
            for row, change in demo.changes:
                log.record(row, change)
        self.stdout.write(json.dumps({"key": demo.key, "admin_email": demo.admin_email}))
