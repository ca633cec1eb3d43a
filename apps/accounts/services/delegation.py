"""Keys made by a key or by a person. A key never grants more than it has itself; a person as much as the plan allows."""

import math
from collections.abc import Mapping
from typing import Any

from apps.accounts.callers import Caller
from apps.accounts.models import ApiKey
from apps.accounts.services.keys import KEY_START, UNCHANGED_CAP, InheritedLimits, change_key, create_key, rotate_key
from apps.core.dialects import lowest_limits_by_scope
from apps.core.errors import PermissionDeniedError


def create_key_for(caller: Caller, *, default_limits_by_scope: Mapping[str, int] | None = None, **asked: Any) -> tuple[ApiKey, str]:
    """Create a key of the caller's account; returns it with its secret. default_limits_by_scope: where neither the request nor the maker has one."""
    defaults = default_limits_by_scope or {}
    if caller.key is not None:
        return _create_key_with(caller.key, defaults=defaults, **asked)
    inherited = InheritedLimits(requests_per_minute_by_scope=defaults)
    return create_key(caller.required_account, created_by=caller.user, inherited=inherited, **asked)


def rotate_key_for(caller: Caller, *, key: ApiKey, overlap_seconds: int) -> tuple[ApiKey, str]:
    """Rotate a key. Its successor is returned to the caller, so it may have no more rights than the caller's own key."""
    if caller.key is not None and key.pk != caller.key.pk:
        _check_uncapped(caller.key)
        _check_not_wider(key, than=caller.key)
    return rotate_key(key, overlap_seconds=overlap_seconds)


def change_key_for(caller: Caller, *, key: ApiKey, name: str | None = None, monthly_cap_millicredits: int | None = UNCHANGED_CAP) -> None:
    """Change the name or the spending cap of a key. A key with a cap changes no caps, its own neither."""
    if caller.key is not None and monthly_cap_millicredits != UNCHANGED_CAP:
        _check_uncapped(caller.key)
    change_key(key, name=name, monthly_cap_millicredits=monthly_cap_millicredits)


def _create_key_with(
    maker: ApiKey,
    *,
    defaults: Mapping[str, int],
    name: str,
    scopes: list[str],
    requests_per_minute: int | None,
    requests_per_minute_by_scope: dict[str, int],
    concurrent_jobs: int | None,
    monthly_cap_millicredits: int | None = None,
    start: str = KEY_START,
) -> tuple[ApiKey, str]:
    """Create a key. Scopes and limits that are left out are inherited from the maker."""
    _check_uncapped(maker)
    scopes = scopes or maker.scopes
    inherited = InheritedLimits(
        requests_per_minute=maker.requests_per_minute,
        requests_per_minute_by_scope=_inherited_by_scope(maker, scopes=scopes, defaults=defaults),
        concurrent_jobs=maker.concurrent_jobs,
    )
    asked = ApiKey(
        scopes=scopes,
        requests_per_minute_by_scope={**inherited.requests_per_minute_by_scope, **requests_per_minute_by_scope},
        requests_per_minute=maker.requests_per_minute if requests_per_minute is None else requests_per_minute,
        concurrent_jobs=maker.concurrent_jobs if concurrent_jobs is None else concurrent_jobs,
    )
    _check_not_wider(asked, than=maker)
    return create_key(
        maker.account,
        name=name,
        scopes=scopes,
        requests_per_minute=requests_per_minute,
        requests_per_minute_by_scope=requests_per_minute_by_scope,
        concurrent_jobs=concurrent_jobs,
        monthly_cap_millicredits=monthly_cap_millicredits,
        created_by=maker.created_by,
        inherited=inherited,
        start=start,
    )


def _inherited_by_scope(maker: ApiKey, *, scopes: list[str], defaults: Mapping[str, int]) -> dict[str, int]:
    """Limits of the maker and defaults, the lower one of each scope that the new key has."""
    own = maker.requests_per_minute_by_scope
    lower = {scope: min(limit, own.get(scope, limit)) for scope, limit in defaults.items()}
    return {scope: limit for scope, limit in {**own, **lower}.items() if not scopes or scope in scopes}


def _check_uncapped(maker: ApiKey) -> None:
    """Raise 403 for a key with a spending cap, which keys of its making would not count against."""
    if maker.monthly_cap_millicredits is not None:
        message = "A key with a spending cap makes no other keys and changes no caps. Use a key without a cap, or the page of keys."
        raise PermissionDeniedError(message, code="limit_too_high", param="monthly_cap_credits")


def _check_not_wider(key: ApiKey, *, than: ApiKey) -> None:
    has_more_scopes = bool(than.scopes) and (not key.scopes or not set(key.scopes) <= set(than.scopes))
    if has_more_scopes:
        raise PermissionDeniedError("A key cannot grant scopes that it lacks.", code="missing_scope", param="scopes")
    for limit in ("requests_per_minute", "concurrent_jobs"):
        own, others = getattr(than, limit), getattr(key, limit)
        if own is not None and (others is None or others > own):
            raise _limit_too_high(limit)
    # A key's own limit replaces the limit that an API has for keys without one, so it may not exceed that one either.
    for scope, own in {**lowest_limits_by_scope(), **than.requests_per_minute_by_scope}.items():
        is_open = not key.scopes or scope in key.scopes
        unnamed = math.inf if scope in than.requests_per_minute_by_scope else own
        if is_open and key.requests_per_minute_by_scope.get(scope, unnamed) > own:
            raise _limit_too_high("requests_per_minute_by_scope")


def _limit_too_high(param: str) -> PermissionDeniedError:
    return PermissionDeniedError("A key cannot grant more than its own limit.", code="limit_too_high", param=param)
