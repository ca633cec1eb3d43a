"""Client secrets: short-lived, for a browser that must not know an API key. Stored in Valkey by their digest, for as long as they are valid."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from apps.accounts.models import ApiKey
from apps.accounts.selectors import digest_of
from apps.core import retry_after
from apps.core.errors import TooManyRequestsError, UnavailableError
from apps.core.valkey import ValkeyAway, client

SECRET_START: Final = "ek_"  # noqa: S105 - the beginning of every secret
SECRET_LENGTH: Final = len(SECRET_START) + 43
SHORTEST_SECONDS, LONGEST_SECONDS, USUAL_SECONDS = 10, 7200, 600
BETA_SECONDS: Final = 60
"""Validity of the beta's secrets, which have none of their own."""
MOST_SECRETS: Final = 200
"""Valid secrets of one key: a bound on what their configurations occupy."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """Secret with its expiry; the secret itself is known only here, until it is returned."""

    value: str
    expires_at: int
    """Unix time."""


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """Key and session of a valid secret."""

    key_id: int
    session: dict[str, Any]
    """Parameters of the session, as they were sent."""


def create_secret(key: ApiKey, *, session: dict[str, Any], seconds: int) -> ClientSecret:
    """Create a secret that opens sessions of the key's account. Raises TooManyRequestsError, UnavailableError."""
    value, expires_at = SECRET_START + secrets.token_urlsafe(32), int(time.time()) + seconds
    stored = json.dumps({"key": key.pk, "session": session}, separators=(",", ":"))
    try:
        _check_count(key)
        pipeline = client().pipeline(transaction=True)
        pipeline.set(_name(value), stored, ex=seconds)
        pipeline.zadd(_counter(key.pk), {digest_of(value): expires_at})
        pipeline.expire(_counter(key.pk), LONGEST_SECONDS)
        pipeline.execute()
    except ValkeyAway as error:
        raise _unavailable() from error
    return ClientSecret(value, expires_at)


def find_secret(value: str) -> StoredSecret | None:
    """Find the key and session of a secret; None if it is wrong or has expired. Raises UnavailableError."""
    if len(value) != SECRET_LENGTH:
        return None
    try:
        stored: Any = client().get(_name(value))
    except ValkeyAway as error:
        raise _unavailable() from error
    if stored is None:
        return None
    read = json.loads(stored)
    return StoredSecret(read["key"], read["session"])


def _check_count(key: ApiKey) -> None:
    """429 for a key with too many valid secrets."""
    pipeline = client().pipeline(transaction=False)
    pipeline.zremrangebyscore(_counter(key.pk), "-inf", time.time())
    pipeline.zcard(_counter(key.pk))
    if pipeline.execute()[1] >= MOST_SECRETS:
        raise TooManyRequestsError(
            f"At most {MOST_SECRETS} client secrets of a key are valid at once. Wait until some expire.",
            code="too_many_client_secrets",
            headers={"Retry-After": retry_after.BUSY},
        )


def _unavailable() -> UnavailableError:
    return UnavailableError("Client secrets cannot be checked at the moment. Try again.", headers={"Retry-After": retry_after.BUSY})


def _name(value: str) -> str:
    return f"client-secret:{digest_of(value)}"


def _counter(key_id: int) -> str:
    return f"client-secrets:{key_id}"
