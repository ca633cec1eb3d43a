"""Reads: keys by their secret, an account's keys, plans."""

import hashlib

from django.db.models import QuerySet

from apps.accounts.key_lookup import find_key_by_digest
from apps.accounts.models import Account, ApiKey, Plan, Role
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.remembered import Remembered

ANONYMOUS_PLAN = "anonymous"
"""The slug of the plan of callers without a key."""

PREFIX_LENGTH = 12
"""The first characters of a key, by which people tell keys apart."""


def digest_of(secret: str) -> str:
    """The hash of a secret that the database keeps. The secret is 256 random bits, so a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str) -> ApiKey | None:
    """The key with this secret, its account and plan with it: one query. It may be revoked or expired."""
    return find_key_by_digest(digest_of(secret))


def list_keys(account: Account) -> QuerySet[ApiKey]:
    """The account's keys, newest first."""
    return ApiKey.objects.filter(account=account)


def get_key(account: Account, *, key_id: int) -> ApiKey:
    """One of the account's keys."""
    key = list_keys(account).select_related("account__plan").filter(pk=key_id).first()
    if key is None:
        raise NotFoundError("There is no such key in this account.")
    return key


def list_all_keys(*, email: str | None = None) -> QuerySet[ApiKey]:
    """For operators: every account's keys, or those of one person's accounts, newest first."""
    keys = ApiKey.objects.select_related("account__plan")
    return keys if email is None else keys.filter(account__users__email=email.strip().lower())


def get_key_by_name(name: str) -> ApiKey:
    """For operators: the key with this number, these first characters or this secret."""
    found = list(list_all_keys().filter(pk=int(name)) if name.isdecimal() else list_all_keys().filter(prefix=name[:PREFIX_LENGTH]))
    if len(name) > PREFIX_LENGTH:
        found = [key for key in found if key.digest == digest_of(name)]
    if not found:
        raise NotFoundError("There is no such key.")
    if len(found) > 1:
        raise InvalidRequestError(f"Several keys begin so: give one of the numbers {', '.join(str(key.pk) for key in found)}.")
    return found[0]


def find_account_of(email: str) -> Account | None:
    """For operators: the account that this person owns."""
    owned = Account.objects.select_related("plan").filter(memberships__user__email=email.strip().lower(), memberships__role=Role.OWNER)
    found = list(owned.order_by("id")[:2])
    if len(found) > 1:
        raise InvalidRequestError(f"{email} owns several accounts: use the admin.", param="email")
    return found[0] if found else None


def get_account_of(email: str) -> Account:
    """For operators: the account that this person owns."""
    account = find_account_of(email)
    if account is None:
        raise NotFoundError(f"{email} owns no account.")
    return account


def get_plan(slug: str) -> Plan:
    """The plan with this slug."""
    plan = Plan.objects.filter(slug=slug).first()
    if plan is None:
        slugs = ", ".join(Plan.objects.exclude(slug=ANONYMOUS_PLAN).values_list("slug", flat=True))
        raise InvalidRequestError(f"There is no plan {slug!r}. There are: {slugs}.", param="plan")
    return plan


def get_anonymous_plan() -> Plan | None:
    """The plan of callers without a key, as it was a moment ago; None where the operator deleted it, which turns such calls off."""
    return _anonymous_plan.get()


def get_default_plan() -> Plan:
    """The plan of a new account."""
    return Plan.objects.get(is_default=True)


_anonymous_plan = Remembered(lambda: Plan.objects.filter(slug=ANONYMOUS_PLAN).first(), seconds=2)
