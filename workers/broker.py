"""Plain Redis commands on the broker: claims, cancellation keys, live events."""

import logging
import threading
from enum import Enum
from typing import Final

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from workers.consumer import broker_address
from workers.contract.names import cancel_key, claim_key
from workers.contract.time_units import HOUR_SECONDS
from workers.valkey import connection_class

logger = logging.getLogger(__name__)

COMMAND_TIMEOUT_SECONDS: Final = 3
CLAIM_SECONDS: Final = HOUR_SECONDS
"""Lifetime of a claim: longer than any repetition of a message can be delayed."""
ARRIVAL_PAUSE_SECONDS: Final = 0.5


def connect(broker_url: str) -> redis.Redis:
    """Create a thread-safe client without connecting."""
    return redis.Redis.from_url(
        broker_url,
        connection_class=connection_class(broker_url),
        socket_timeout=COMMAND_TIMEOUT_SECONDS,
        socket_connect_timeout=COMMAND_TIMEOUT_SECONDS,
        socket_keepalive=True,
        health_check_interval=10,
        retry=Retry(ConstantBackoff(0.05), 1),
    )


def wait_for_broker(client: redis.Redis, *, broker_url: str, is_stopping: threading.Event) -> bool:
    """Wait until the broker answers, with one log line. False if the worker is stopped first."""
    has_said_so = False
    while not is_stopping.is_set():
        try:
            client.ping()
        except (redis.ConnectionError, redis.TimeoutError, redis.exceptions.BusyLoadingError) as error:
            if not has_said_so:
                has_said_so = True
                logger.warning("broker_away address=%s error=%s: waiting for it", broker_address(broker_url), type(error).__name__)
            is_stopping.wait(ARRIVAL_PAUSE_SECONDS)
        else:
            return True
    return False


class Claim(Enum):
    OURS = "ours"
    REPEATED = "repeated"
    CANCELLED = "cancelled"


class Claims:
    """Claims on attempts with one holder each, which deduplicate repeated messages."""

    def __init__(self, client: redis.Redis, *, holder: str) -> None:
        self._client = client
        self._holder = holder

    def take(self, token: str) -> Claim:
        """Claim an attempt. Succeeds if the broker does not answer, since a duplicate attempt is harmless."""
        pipeline = self._client.pipeline(transaction=False)
        pipeline.set(claim_key(token), self._holder, nx=True, ex=CLAIM_SECONDS)
        pipeline.exists(cancel_key(token))
        try:
            is_new, is_cancelled = pipeline.execute()
        except redis.RedisError as error:
            logger.warning("claim_unknown token=%s error=%s", token, type(error).__name__)
            return Claim.OURS
        if not is_new:
            return Claim.REPEATED
        return Claim.CANCELLED if is_cancelled else Claim.OURS

    def cancelled(self, tokens: list[str]) -> list[str]:
        if not tokens:
            return []
        values = self._client.mget([cancel_key(token) for token in tokens])
        return [token for token, value in zip(tokens, values, strict=True) if value is not None]
