"""Claims of attempts: a worker claims a token before anything else, and its message to the platform may be late or lost."""

from collections.abc import Iterable
from uuid import UUID

from apps.core.valkey import ValkeyAway, client
from workers.contract import names


def is_any_claimed(tokens: Iterable[UUID]) -> bool:
    """True if a worker started one of these attempts. Raises ValkeyAway."""
    keys = [names.claim_key(token.hex) for token in tokens]
    return bool(keys) and bool(client().exists(*keys))


def may_be_claimed(token: UUID) -> bool:
    """True if a worker may have started the attempt, also while this is unknown."""
    try:
        return is_any_claimed([token])
    except ValkeyAway:
        return True
