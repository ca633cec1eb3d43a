"""Audit of commands: `ttsai` and `manage.py`, whose person is the operating-system user that ran them."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Model

from apps.audit.models import Outcome
from apps.audit.services import Action, Values, record_command
from apps.core.errors import ApplicationError


def command_actor() -> str:
    """`command line (alice)`, `command line (root, by sudo of alice)`: the user of the process, whatever its environment says."""
    name, behind = _user_name(os.getuid()), os.environ.get("SUDO_UID", "")
    if os.getuid() == 0 and behind.isdecimal():  # only root can have set it for root's own process
        return f"command line ({name}, by sudo of {_user_name(int(behind))})"
    return f"command line ({name})"


@dataclass(frozen=True, slots=True)
class CommandLog:
    """Log of one command's changes, in the transaction of the changes."""

    action: str

    def record(
        self, obj: Model | None, message: str, *, action: str = "", before: Values | None = None, after: Values | None = None
    ) -> None:
        """Append an entry of a change that was made."""
        entry = Action(name=action or self.action, obj=obj, message=message, before=before or {}, after=after or {})
        record_command(command_actor(), entry)


@contextmanager
def audited_command(action: str, *, subject: str = "", is_atomic: bool = True) -> Iterator[CommandLog]:
    """Context of a command that changes something: one transaction for the changes and their entries. A refusal is an entry too.

    subject: what the command was asked for, for the entry of a refusal. is_atomic: False for a service that needs transactions of its own;
    then an entry says before it that the command began.
    """
    if not is_atomic:
        record_command(command_actor(), Action(name=action, message=_joined("Requested", subject), outcome=Outcome.REQUESTED))
    try:
        with transaction.atomic() if is_atomic else nullcontext():
            yield CommandLog(action)
    except (ApplicationError, CommandError) as error:
        message = error.message if isinstance(error, ApplicationError) else str(error)
        record_command(command_actor(), Action(name=action, message=_joined(subject, message), outcome=Outcome.FAILED))
        raise


def _joined(*texts: str) -> str:
    return ": ".join(filter(None, texts))


def _user_name(number: int) -> str:
    """Name of a user; the number of one that the machine has no name for, as in many containers."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
