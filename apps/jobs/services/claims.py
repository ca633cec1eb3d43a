"""Claims of attempts: a worker claims a token before anything else, and its message to the platform may be late or lost."""

from collections.abc import Iterable
from uuid import UUID

from apps.core.valkey import ValkeyAway, client
from workers.contract import names


def has_any_started(tokens: Iterable[UUID]) -> bool:
    """True if a worker started one of these attempts. Raises ValkeyAway."""
    keys = [names.claim_key(token.hex) for token in tokens]
    return bool(keys) and bool(client().exists(*keys))


def may_have_started(token: UUID) -> bool:
    """True if a worker may have started the attempt, also while this is unknown."""
    try:
        return has_any_started([token])
    except ValkeyAway:
        return True
