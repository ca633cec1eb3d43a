"""Create, rotate and revoke API keys. A secret exists only here, until it is returned."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Account, ApiKey, User
from apps.accounts.scopes import check_scope_limits, check_scopes
from apps.accounts.selectors import PREFIX_LENGTH, digest_of
from apps.core.errors import ConflictError, InvalidRequestError
from apps.core.notices import record_notice
from workers.contract.time_units import DAY_SECONDS

KEY_START = "sk-tts-"
CLONYVOICE_KEY_START = "cvk_"
"""Start of keys made through ClonyVoice's API."""
KEY_STARTS = (KEY_START, CLONYVOICE_KEY_START)
"""Starts of our keys. Any key is accepted wherever keys are."""
SECRET_BYTES = 32
SECRET_LENGTH = 43
"""32 bytes are 43 characters of URL-safe base64."""
LIVE_KEYS_LIMIT = 200
"""Most live keys of one account: enough for a key per machine, and a bound on what listing and rotating keys may cost."""
UNCHANGED_CAP: Final = -1
"""Value of a cap that a change leaves as it is."""
OVERLAP_SECONDS_LIMIT = 30 * DAY_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class InheritedLimits:
    """Limits of a new key where its request asks for none: those of the key that makes it, or an API's defaults.

    Stored as they are, above the plan's too: the plan's limits apply in addition, so that the key follows the account to another plan.
    """

    requests_per_minute: int | None = None
    requests_per_minute_by_scope: Mapping[str, int] = field(default_factory=dict)
    concurrent_jobs: int | None = None


def has_key_form(secret: str) -> bool:
    """True if the text may be one of our keys, so that only such texts are looked up."""
    return secret.isascii() and any(secret.startswith(start) and len(secret) == len(start) + SECRET_LENGTH for start in KEY_STARTS)


def create_key(
    account: Account,
    *,
    name: str,
    scopes: list[str] | None = None,
    requests_per_minute: int | None = None,
    requests_per_minute_by_scope: dict[str, int] | None = None,
    concurrent_jobs: int | None = None,
    monthly_cap_millicredits: int | None = None,
    created_by: User | None = None,
    is_operator: bool = False,
    inherited: InheritedLimits | None = None,
    start: str = KEY_START,
) -> tuple[ApiKey, str]:
    """Create a key that begins with `start`; returns it with its secret, which is not stored.

    Limits set by an operator may exceed the plan's and replace the account's. Limits set by the owner apply in addition to the account's
    and cannot exceed them.
    """
    check_scopes(scopes or [])
    inherited = inherited or InheritedLimits()
    asked_by_scope = requests_per_minute_by_scope or {}
    scope_limits = {**inherited.requests_per_minute_by_scope, **asked_by_scope}
    check_scope_limits(scope_limits, scopes=scopes or [])
    if not is_operator:
        for limit in asked_by_scope.values():
            _check_within_plan(limit, limit=account.plan.requests_per_minute, param="requests_per_minute_by_scope")
        _check_within_plan(requests_per_minute, limit=account.plan.requests_per_minute, param="requests_per_minute")
        _check_within_plan(concurrent_jobs, limit=account.plan.concurrent_jobs, param="concurrent_jobs")
    with transaction.atomic():
        _check_room(account)
        return _issue(
            ApiKey(
                account=account,
                created_by=created_by,
                name=name,
                scopes=sorted(set(scopes or [])),
                requests_per_minute=inherited.requests_per_minute if requests_per_minute is None else requests_per_minute,
                requests_per_minute_by_scope=scope_limits,
                concurrent_jobs=inherited.concurrent_jobs if concurrent_jobs is None else concurrent_jobs,
                monthly_cap_millicredits=monthly_cap_millicredits,
                is_limited_apart=is_operator and (requests_per_minute, concurrent_jobs) != (None, None),
            ),
            start=start,
        )


def rotate_key(key: ApiKey, *, overlap_seconds: int) -> tuple[ApiKey, str]:
    """Create a key like this one, which stays valid until the overlap ends."""
    if not 0 <= overlap_seconds <= OVERLAP_SECONDS_LIMIT:
        raise InvalidRequestError(f"The overlap must be 0 to {OVERLAP_SECONDS_LIMIT} seconds.", param="overlap_seconds")
    now = timezone.now()
    with transaction.atomic():
        still_current = ApiKey.objects.filter(pk=key.pk, revoked_at=None, expires_at=None)
        if not still_current.update(expires_at=now + timedelta(seconds=overlap_seconds)):
            raise ConflictError("This key was revoked or rotated before.", code="key_not_current")
        key.expires_at = now + timedelta(seconds=overlap_seconds)
        return _issue(
            ApiKey(
                account_id=key.account_id,
                created_by_id=key.created_by_id,
                name=key.name,
                scopes=key.scopes,
                requests_per_minute=key.requests_per_minute,
                requests_per_minute_by_scope=key.requests_per_minute_by_scope,
                concurrent_jobs=key.concurrent_jobs,
                monthly_cap_millicredits=key.monthly_cap_millicredits,
                first_key_id=key.first_key_id or key.pk,
                is_limited_apart=key.is_limited_apart,
            ),
            start=next((start for start in KEY_STARTS if key.prefix.startswith(start)), KEY_START),
        )


def change_key(key: ApiKey, *, name: str | None = None, monthly_cap_millicredits: int | None = UNCHANGED_CAP) -> None:
    """Change the name or the spending cap of a key; a cap of None removes it. A cap below what was spent refuses further requests."""
    changed = []
    if name is not None:
        key.name = name
        changed.append("name")
    if monthly_cap_millicredits != UNCHANGED_CAP:
        key.monthly_cap_millicredits = monthly_cap_millicredits
        changed.append("monthly_cap_millicredits")
    key.save(update_fields=changed)


def change_key_rights(
    key: ApiKey,
    *,
    scopes: list[str],
    requests_per_minute: int | None,
    requests_per_minute_by_scope: dict[str, int],
    concurrent_jobs: int | None,
) -> None:
    """Change scopes and limits of a key, for a person. A limit that changes is within the plan's; one above it that an operator set may stay."""
    check_scopes(scopes)
    check_scope_limits(requests_per_minute_by_scope, scopes=scopes)
    plan = key.account.plan
    for scope, limit in requests_per_minute_by_scope.items():
        if limit != key.requests_per_minute_by_scope.get(scope):
            _check_within_plan(limit, limit=plan.requests_per_minute, param="requests_per_minute_by_scope")
    if requests_per_minute != key.requests_per_minute:
        _check_within_plan(requests_per_minute, limit=plan.requests_per_minute, param="requests_per_minute")
    if concurrent_jobs != key.concurrent_jobs:
        _check_within_plan(concurrent_jobs, limit=plan.concurrent_jobs, param="concurrent_jobs")
    key.scopes, key.requests_per_minute_by_scope = sorted(set(scopes)), requests_per_minute_by_scope
    key.requests_per_minute, key.concurrent_jobs = requests_per_minute, concurrent_jobs
    key.save(update_fields=["scopes", "requests_per_minute", "requests_per_minute_by_scope", "concurrent_jobs"])


def revoke_key(key: ApiKey) -> None:
    """Revoke a key; idempotent."""
    now = timezone.now()
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            key.revoked_at = now
            record_notice(key.account_id, event="key.revoked", data={"key_id": key.pk, "prefix": key.prefix, "name": key.name})


def _issue(key: ApiKey, *, start: str) -> tuple[ApiKey, str]:
    secret = start + secrets.token_urlsafe(SECRET_BYTES)
    key.prefix, key.digest = secret[:PREFIX_LENGTH], digest_of(secret)
    key.save()
    return key, secret


def _check_within_plan(value: int | None, *, limit: int, param: str) -> None:
    if value is not None and not 1 <= value <= limit:
        raise InvalidRequestError(f"{param} of a key is 1 to {limit}, the plan's own limit.", param=param)


def _check_room(account: Account) -> None:
    Account.objects.select_for_update().get(pk=account.pk)  # two requests do not both take the last place
    if ApiKey.objects.filter(account=account, revoked_at=None).count() >= LIVE_KEYS_LIMIT:
        raise ConflictError(f"An account has at most {LIVE_KEYS_LIMIT} keys: revoke one first.", code="too_many_keys")
