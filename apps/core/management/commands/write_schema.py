"""`manage.py write_schema`: writes the OpenAPI schema to openapi.yaml, which is committed so that a review sees API changes."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.schema import schema_yaml


class Command(BaseCommand):
    """Needs no server."""

    help = "Writes the OpenAPI schema to openapi.yaml."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check, which compares and writes nothing."""
        parser.add_argument("--check", action="store_true", help="Fail when openapi.yaml is out of date.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        path = Path(settings.BASE_DIR) / "openapi.yaml"
        if options["check"]:
            if path.read_bytes() != schema_yaml():
                raise CommandError("openapi.yaml is out of date: .venv/bin/python manage.py write_schema")
            return
        path.write_bytes(schema_yaml())
        self.stdout.write(f"{path} written")
