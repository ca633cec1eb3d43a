"""Reads: keys by their secret, an account's keys, plans."""

import hashlib

from django.db.models import QuerySet

from apps.accounts.models import Account, ApiKey, Plan
from apps.core.errors import NotFoundError
from apps.core.remembered import Remembered

ANONYMOUS_PLAN = "anonymous"
"""The slug of the plan of callers without a key."""


def digest_of(secret: str) -> str:
    """What the database keeps of a secret. It is 256 random bits, so a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str) -> ApiKey | None:
    """The key with this secret, its account and plan with it: one query. It may be revoked or expired."""
    return ApiKey.objects.select_related("account__plan").filter(digest=digest_of(secret)).first()


def list_keys(account: Account) -> QuerySet[ApiKey]:
    """The account's keys, newest first."""
    return ApiKey.objects.filter(account=account)


def get_key(account: Account, *, key_id: int) -> ApiKey:
    """One of the account's keys."""
    key = list_keys(account).select_related("account__plan").filter(pk=key_id).first()
    if key is None:
        raise NotFoundError("There is no such key in this account.")
    return key


def get_anonymous_plan() -> Plan | None:
    """The plan of callers without a key, as it was a moment ago; None where the operator deleted it, which turns such calls off."""
    return _anonymous_plan.get()


def get_default_plan() -> Plan:
    """The plan of a new account."""
    return Plan.objects.get(is_default=True)


_anonymous_plan = Remembered(lambda: Plan.objects.filter(slug=ANONYMOUS_PLAN).first(), seconds=2)
