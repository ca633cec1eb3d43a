"""`manage.py changepassword`: Django's, with entries of the audit log."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from apps.accounts.models import User
from apps.audit.commands import audited_command


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        """Log the request first, since the command asks for the password, which no transaction waits for."""
        email = options["username"] or ""
        with audited_command("change_password", subject=email, is_atomic=False) as log:
            done: str | None = super().handle(*args, **options)
            log.record(User.objects.filter(email=email).first(), "Password changed")
        return done
