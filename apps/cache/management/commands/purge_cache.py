"""`manage.py purge_cache`: deletes results and sentences from the cache."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit.commands import audited_command
from apps.cache.services.purge import PurgeScope, purge_cache


class Command(BaseCommand):
    """Results of jobs stay until their own retention."""

    help = "Delete results from the cache, by account, voice or engine, or all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", type=int, help="id of an account")
        parser.add_argument("--voice", default="", help="id of a voice")
        parser.add_argument("--engine", default="", help="id of a model")
        parser.add_argument("--engine-version", default="", help="version of the model")
        parser.add_argument("--all", action="store_true", help="everything")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        account, is_all = options["account"], options["all"]
        scope = PurgeScope(
            tenant="" if account is None else f"account:{account}",
            voice=options["voice"],
            engine_id=options["engine"],
            engine_version=options["engine_version"],
        )
        if is_all == (scope != PurgeScope()):
            raise CommandError("Name an account, a voice or an engine, or give --all.")
        with audited_command("clear_cache") as log:
            count = purge_cache(scope)
            log.record(
                None,
                f"{count} cached results deleted",
                after={} if is_all else {name: value for name, value in asdict(scope).items() if value},
            )
        self.stdout.write(f"{count} results deleted")
