"""Accounts that people open for themselves, with the bonus once per person and mailbox."""

from typing import Final

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from apps.accounts.models import Account, Membership, Role, User
from apps.accounts.services import register_account
from apps.billing.models import Balance
from apps.billing.services import grant_welcome_bonus
from apps.core.errors import ConflictError, PermissionDeniedError
from apps.identity.addresses import is_disposable, mailbox_of
from apps.identity.services.sign_ups import count_sign_up

OWNED_ACCOUNTS_LIMIT: Final = 20
CLAIM: Final = "INSERT INTO identity_claimedbonus (digest) VALUES (%s) ON CONFLICT DO NOTHING"


def open_first_account(user: User) -> Account | None:
    """Open an account for a person with a verified address who is a member of none; idempotent, also for concurrent calls."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if Membership.objects.filter(user=locked).exists() or not _has_verified(locked):
            return None
        return _open(locked, name="")


def open_account_of(user: User, *, name: str, address: str) -> Account:
    """Open a further account that this person owns, which counts as a sign-up from this client address.

    Raises 403 without a verified address, 409 beyond OWNED_ACCOUNTS_LIMIT, 429 beyond the day's sign-ups.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if not _has_verified(locked):
            raise PermissionDeniedError("Verify your email address first.", code="unverified_address")
        if Membership.objects.filter(user=locked, role=Role.OWNER).count() >= OWNED_ACCOUNTS_LIMIT:
            raise ConflictError(f"A person owns at most {OWNED_ACCOUNTS_LIMIT} accounts.", code="too_many_accounts")
        count_sign_up(email=locked.email, address=address)
        return _open(locked, name=name)


def _open(user: User, *, name: str) -> Account:
    account = register_account(email=user.email, name=name)
    if _claim_bonus(user):
        grant_welcome_bonus(account, actor=user.email)
    else:
        Balance.objects.get_or_create(account=account)
    return account


def _claim_bonus(user: User) -> bool:
    """True for the first call with this person and this mailbox, so that neither a change of the address nor a new login brings another one;
    the database decides between concurrent calls. Throw-away mailboxes get none.
    """
    if is_disposable(user.email):
        return False
    claims = [_claim(name) for name in (f"person:{user.pk}", mailbox_of(user.email))]
    return all(claims)


def _claim(name: str) -> bool:
    digest = salted_hmac("identity.bonus", name, algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [digest])
        return bool(cursor.rowcount == 1)


def _has_verified(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())
