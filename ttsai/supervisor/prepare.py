"""Migrates the database and loads defaults before the platform starts, in one process: each start of Django costs a second."""

import io
import os
from typing import Final

import django
from django.core.management import call_command
from django.db import connection

from apps.core.storage import get_storage
from ttsai.required_secrets import exit_without_secrets

PREPARE_LOCK: Final = 7_778_701
"""Advisory lock in Postgres: two instances that share a database migrate it one after the other."""


def main() -> None:
    """Create the folder of the objects, migrate, load the defaults, and create the demo account unless TTSAI_DEMO=0. Exits if a secret is missing or published."""
    exit_without_secrets()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")
    os.environ["TTSAI_DATABASE_STATEMENT_SECONDS"] = "0"  # a migration may take its time, and waits for the lock below
    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARE_LOCK])  # the end of the connection gives it back
    get_storage().create()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_defaults", stdout=io.StringIO())
    call_command("ensure_roles", stdout=io.StringIO())
    call_command("load_offers", stdout=io.StringIO())
    if os.environ.get("TTSAI_DEMO", "1") != "0":
        call_command("ensure_demo", stdout=io.StringIO())  # it prints the key, which belongs in no log


if __name__ == "__main__":
    main()
