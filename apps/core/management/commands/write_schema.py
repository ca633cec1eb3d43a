"""`manage.py write_schema`: the OpenAPI schema to openapi.yaml, which is committed so that a review sees the API change."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.core.schema import schema_yaml


class Command(BaseCommand):
    """Needs no server."""

    help = "Writes the OpenAPI schema to openapi.yaml."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Write the file."""
        path = Path(settings.BASE_DIR) / "openapi.yaml"
        path.write_bytes(schema_yaml())
        self.stdout.write(f"{path} written")
