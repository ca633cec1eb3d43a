"""manage.py ensure_demo: the account, the key and the admin that the first start of a laptop's installation shows."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from apps.billing.services.demo import ensure_demo


class Command(BaseCommand):
    """Safe to run at every start."""

    help = "Create the demo account with a key, and the admin; print both as JSON."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Print {"key", "admin_email"}."""
        demo = ensure_demo()
        self.stdout.write(json.dumps({"key": demo.key, "admin_email": demo.admin_email}))
