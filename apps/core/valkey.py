"""The process's connection pool to Valkey (or any Redis from 7.0)."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeVar

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from workers.circuit_breaker import CircuitBreaker
from workers.valkey import Connection, SSLConnection

logger = logging.getLogger(__name__)

T = TypeVar("T")

ValkeyAway = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
"""Errors of a server that is unavailable or refuses writes, for callers that continue without Valkey."""

CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 3.0
ONE_RETRY: Final = Retry(NoBackoff(), 1, supported_errors=(redis.exceptions.ConnectionError,))
"""One retry for a pooled connection that a restart of the server left stale. A timeout is not retried: the next would last as long."""

breaker: Final = CircuitBreaker("Valkey")


class _Bounded:
    """Mixin of connections: after a timeout all calls fail at once until the server answers again."""

    def connect(self) -> None:
        self._through_breaker(super().connect)  # type: ignore[misc]

    def send_packed_command(self, *arguments: Any, **options: Any) -> None:
        self._through_breaker(super().send_packed_command, *arguments, **options)  # type: ignore[misc]

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        return self._through_breaker(super().read_response, *arguments, **options)  # type: ignore[misc]

    def _through_breaker(self, call: Any, *arguments: Any, **options: Any) -> Any:
        if breaker.is_open:
            self.disconnect()  # type: ignore[attr-defined]
            raise redis.exceptions.ConnectionError("Valkey does not answer")
        try:
            return call(*arguments, **options)
        except redis.exceptions.TimeoutError:
            breaker.open_until_answered(_probe)
            raise


class _Connection(_Bounded, Connection):
    pass


class _SSLConnection(_Bounded, SSLConnection):
    pass


@cache
def client() -> redis.Redis:
    """Client of this process: bytes in, bytes out."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        connection_class=_SSLConnection if settings.REDIS_URL.startswith("rediss://") else _Connection,
        decode_responses=False,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=READ_SECONDS,
        socket_keepalive=True,
        health_check_interval=30,
        retry=ONE_RETRY,
    )


def call_or(otherwise: T, call: Callable[[], T], *, breaker: CircuitBreaker, effect: str) -> T:
    """Result of a call to Valkey; `otherwise` while Valkey is unavailable, without waiting for it each time. The log states the effect."""
    if breaker.is_open:
        return otherwise
    try:
        return call()
    except ValkeyAway as error:
        if breaker.open():
            logger.warning("Valkey is away (%s): %s", type(error).__name__, effect)
        return otherwise


def _probe() -> None:
    options = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS, "retry": Retry(NoBackoff(), 0)}
    with redis.Redis.from_url(settings.REDIS_URL, **options) as probe:
        probe.get("probe")  # a server that refuses writes refuses PING too, and answers all the same
