"""Reads: keys by their secret, an account's keys, plans."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.key_lookup import find_key_by_digest
from apps.accounts.models import Account, AccountStatus, AnonymousUse, ApiKey, KeySpending, Membership, Plan, Role, User
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.ttl_cache import TtlCache

ANONYMOUS_PLAN = "anonymous"

PREFIX_LENGTH = 12
"""Length of a key's prefix, which people use to tell keys apart."""


def digest_of(secret: str) -> str:
    """Stored hash of a secret. A secret has 256 random bits, so a fast hash is as safe as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str) -> ApiKey | None:
    """Find the key with this secret, with its account and plan, in one query. It may be revoked or expired."""
    return find_key_by_digest(digest_of(secret))


def find_usable_keys(key_ids: Collection[int]) -> set[int]:
    """Ids of the given keys that can be used: neither revoked nor expired, and the account is active."""
    keys = ApiKey.objects.filter(pk__in=key_ids, revoked_at=None, account__status=AccountStatus.ACTIVE)
    return set(keys.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now())).values_list("pk", flat=True))


def find_present_members(members: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """The given pairs of account and person that still belong together: the person and the account are active."""
    pairs = Membership.objects.filter(
        account_id__in={account_id for account_id, _ in members},
        user_id__in={user_id for _, user_id in members},
        user__is_active=True,
        account__status=AccountStatus.ACTIVE,
    )
    return set(pairs.values_list("account_id", "user_id")) & set(members)


def list_keys(account: Account) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(account=account)


def spending_month(now: datetime | None = None) -> date:
    """First day of the month in which caps of keys count, in UTC."""
    return (now or timezone.now()).astimezone(UTC).date().replace(day=1)


def add_spending(keys: Iterable[ApiKey]) -> list[ApiKey]:
    """The keys with `spent_millicredits`, their spending in this month, read in one query."""
    keys = list(keys)
    counted = {key.first_key_id or key.pk for key in keys}
    sums = dict(KeySpending.objects.filter(key_id__in=counted, month=spending_month()).values_list("key_id", "millicredits"))
    for key in keys:
        key.spent_millicredits = sums.get(key.first_key_id or key.pk, 0)  # type: ignore[attr-defined]
    return keys


def get_key(account: Account, *, key_id: int) -> ApiKey:
    key = list_keys(account).select_related("account__plan").filter(pk=key_id).first()
    if key is None:
        raise NotFoundError("There is no such key in this account.")
    return key


def list_all_keys(*, email: str | None = None) -> QuerySet[ApiKey]:
    """All accounts' keys, or those of one person's accounts, newest first. For operators."""
    keys = ApiKey.objects.select_related("account__plan")
    return keys if email is None else keys.filter(account__users__email=email.strip().lower())


def get_key_by_name(name: str) -> ApiKey:
    """Find a key by number, prefix or secret. For operators."""
    found = list(list_all_keys().filter(pk=int(name)) if name.isdecimal() else list_all_keys().filter(prefix=name[:PREFIX_LENGTH]))
    if len(name) > PREFIX_LENGTH:
        found = [key for key in found if key.digest == digest_of(name)]
    if not found:
        raise NotFoundError("There is no such key.")
    if len(found) > 1:
        raise InvalidRequestError(f"Several keys have this prefix: use one of the numbers {', '.join(str(key.pk) for key in found)}.")
    return found[0]


def find_account_of(email: str) -> Account | None:
    """Account that this person owns, or None. For operators."""
    owned = Account.objects.select_related("plan").filter(memberships__user__email=email.strip().lower(), memberships__role=Role.OWNER)
    found = list(owned.order_by("id")[:2])
    if len(found) > 1:
        raise InvalidRequestError(f"{email} owns several accounts: use the admin.", param="email")
    return found[0] if found else None


def list_memberships(user: User, *, first_account_id: int | None = None) -> list[Membership]:
    """Memberships of a person with accounts and plans: the one in the given account, then those as owner, then the others by age."""
    memberships = list(Membership.objects.select_related("account__plan").filter(user=user).order_by("account_id"))
    memberships.sort(key=lambda membership: (membership.account_id != first_account_id, membership.role != Role.OWNER))
    for membership in memberships:
        membership.user = user
    return memberships


def get_account_of(email: str) -> Account:
    """Account that this person owns; an error if there is none. For operators."""
    account = find_account_of(email)
    if account is None:
        raise NotFoundError(f"{email} owns no account.")
    return account


def get_plan(slug: str) -> Plan:
    plan = Plan.objects.filter(slug=slug).first()
    if plan is None:
        slugs = ", ".join(Plan.objects.exclude(slug=ANONYMOUS_PLAN).values_list("slug", flat=True))
        raise InvalidRequestError(f"There is no plan {slug!r}. Available: {slugs}.", param="plan")
    return plan


def get_anonymous_plan() -> Plan | None:
    """Plan of anonymous callers, cached for a moment; None if the operator deleted it, which refuses anonymous calls."""
    return _anonymous_plan.get()


def count_anonymous_audio_of_today(block: str) -> float:
    """Seconds of recordings that an address block has sent today, UTC."""
    return _anonymous_use_of_today(block, "audio_milliseconds") / 1000


def count_anonymous_characters_of_today(block: str) -> int:
    """Characters that callers without a key of this address block have used on this UTC day."""
    return _anonymous_use_of_today(block, "characters")


def _anonymous_use_of_today(block: str, column: str) -> int:
    used: int | None = AnonymousUse.objects.filter(block=block, day=datetime.now(UTC).date()).values_list(column, flat=True).first()
    return used or 0


def get_default_plan() -> Plan:
    return Plan.objects.get(is_default=True)


_anonymous_plan = TtlCache(lambda: Plan.objects.filter(slug=ANONYMOUS_PLAN).first(), seconds=2)
