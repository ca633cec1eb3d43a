"""`manage.py createsuperuser`: Django's, with an entry of the audit log for the person that it makes."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from apps.accounts.models import User
from apps.audit.commands import audited_command


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Log the request first, since the command may ask questions for minutes, which no transaction waits for."""
        with audited_command("create_superuser", subject=options.get("email") or "", is_atomic=False) as log:
            before = set(User.objects.filter(is_superuser=True).values_list("pk", flat=True))
            super().handle(*args, **options)
            for person in User.objects.filter(is_superuser=True).exclude(pk__in=before):
                log.record(person, "Superuser created", after={"is_staff": True, "is_superuser": True})
