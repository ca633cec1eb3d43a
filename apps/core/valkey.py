"""The process's one pool of connections to Valkey (or any Redis of 7.0 or later)."""

from functools import cache

import redis
from django.conf import settings

ValkeyAway = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
"""What to catch where the platform goes on without Valkey."""

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0


@cache
def client() -> redis.Redis:
    """The client of this process: bytes in, bytes out."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=False,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=READ_SECONDS,
        socket_keepalive=True,
        health_check_interval=30,
    )
