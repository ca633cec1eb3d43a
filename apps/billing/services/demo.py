"""Demo account of a local installation: its key and the admin password are in files that only their owner can read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from apps.accounts.models import Account, Plan, User
from apps.accounts.selectors import find_key
from apps.accounts.services import create_key
from apps.billing.models import Balance, EntryKind
from apps.billing.services.accounts import open_account
from apps.billing.services.credits import grant_credits

DEMO_EMAIL = "demo@localhost"
ADMIN_EMAIL = "admin@localhost"
DEMO_PLAN = "pro"
DEMO_MILLICREDITS = 1_000_000
ACTOR = "ensure_demo"

Changes = list[tuple[Model, str]]


@dataclass(frozen=True, slots=True)
class Demo:
    """Key and admin email address of the demo account."""

    key: str
    admin_email: str
    changes: tuple[tuple[Model, str], ...] = ()
    """Rows that were created or changed, each with what was done, for the audit log."""

    def __repr__(self) -> str:
        return f"Demo(admin_email={self.admin_email!r})"


def ensure_demo() -> Demo:
    """Create the demo account, its key and the admin login as far as they are missing. An invalid key is replaced."""
    folder = settings.TTSAI_HOME / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    changes: Changes = []
    with transaction.atomic():
        account = _demo_account(changes)
        secret = _demo_key(account, changes, file=folder / "demo-key")
        _admin(changes, file=folder / "admin-password")
    return Demo(key=secret, admin_email=ADMIN_EMAIL, changes=tuple(changes))


def _demo_account(changes: Changes) -> Account:
    account = Account.objects.filter(memberships__user__email=DEMO_EMAIL).first()
    if account is None:
        account = open_account(email=DEMO_EMAIL, name="Demo", plan=Plan.objects.get(slug=DEMO_PLAN), actor=ACTOR)
        given = Balance.objects.get(account=account).available_millicredits
        grant_credits(
            account.pk, amount_millicredits=DEMO_MILLICREDITS - given, kind=EntryKind.BONUS, reason="Credits of the demo", actor=ACTOR
        )
        changes.append((account, "Demo account created"))
    return account


def _demo_key(account: Account, changes: Changes, *, file: Path) -> str:
    secret = file.read_text().strip() if file.exists() else ""
    key = find_key(secret)
    if key is not None and key.is_live and key.account_id == account.pk:
        return secret
    created, secret = create_key(account, name="Demo", is_operator=True)
    changes.append((created, "Key of the demo account created"))
    _write_secret(file, secret)
    return secret


def _admin(changes: Changes, *, file: Path) -> None:
    user = User.objects.filter(email=ADMIN_EMAIL).first()
    if user is not None and file.exists():
        return
    password = secrets.token_urlsafe(16)
    if user is None:
        changes.append((User.objects.create_superuser(ADMIN_EMAIL, password, name="Administrator"), "Superuser created"))
    else:  # the file was lost: without a new password nobody could log in
        user.set_password(password)
        user.save(update_fields=["password"])
        changes.append((user, "New password, since its file was lost"))
    _write_secret(file, password)


def _write_secret(file: Path, secret: str) -> None:
    partial = file.with_name(f"{file.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(f"{secret}\n")
    partial.replace(file)
