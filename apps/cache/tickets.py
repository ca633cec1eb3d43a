"""Keys of the cache: the hash of everything that the audio of a request depends on."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.conf import settings

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.provenance.policy import has_credentials, watermark_of

SHARED_SCOPE: Final = "shared"
REVISION: Final = 1
"""Raised when the key gets another meaning: older entries are then never found again."""


class CacheUse(StrEnum):
    """Use of the cache by a request, as its header Cache-Control asks."""

    NORMAL = "normal"
    REFRESH = "refresh"
    """Compute anew and store (`no-cache`)."""
    NONE = "none"
    """Neither read nor store (`no-store`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheTicket:
    """Place of a request's result in the cache."""

    scope: str
    """Tenant whose requests may get the result, or SHARED_SCOPE."""
    key: str
    engine_id: str
    engine_version: str
    voices: tuple[str, ...] = ()
    """Ids of the voices that speak."""
    is_read: bool = True
    """False if the request wants its own computation."""


def cache_use_of(header: str | None) -> CacheUse:
    """Use of the cache for a request's header Cache-Control; unknown directives are ignored, as HTTP demands."""
    directives = {directive.partition("=")[0].strip().lower() for directive in (header or "").split(",")}
    if "no-store" in directives:
        return CacheUse.NONE
    return CacheUse.REFRESH if "no-cache" in directives else CacheUse.NORMAL


def is_cache_on(plan: Plan) -> bool:
    """True if results of the plan's accounts are cached."""
    return settings.TTSAI_CACHE if plan.uses_cache is None else plan.uses_cache


def issue_ticket(
    caller: Caller,
    *,
    use: CacheUse,
    engine_id: str,
    engine_version: str,
    voices: Iterable[str],
    work: Sequence[Any],
    is_shared: bool = False,
) -> CacheTicket | None:
    """Ticket of a request; None if it does not use the cache. Callers without an account do not: they share addresses with others.

    work: JSON-ready description of the work and its outputs. is_shared: True if any account may get the result.
    """
    if use is CacheUse.NONE or caller.account is None or not settings.TTSAI_CACHE_BYTES or not is_cache_on(caller.plan):
        return None
    whole = [REVISION, settings.TTSAI_VERSION, engine_id, engine_version, watermark_of(caller.plan), has_credentials(caller.plan), work]
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return CacheTicket(
        scope=SHARED_SCOPE if is_shared and settings.TTSAI_CACHE_SHARE_PREVIEWS else caller.tenant,
        key=hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest(),
        engine_id=engine_id,
        engine_version=engine_version,
        voices=tuple(sorted(set(voices))),
        is_read=use is CacheUse.NORMAL,
    )
