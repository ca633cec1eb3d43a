"""Rate limit: an exact log of the last 60 seconds per bucket, updated in one Lua call."""

import logging
import math
import time
from dataclasses import dataclass
from functools import cache
from typing import Final

from redis.commands.core import Script

from apps.core.valkey import ValkeyAway, client
from workers.circuit_breaker import CircuitBreaker

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60

breaker: Final = CircuitBreaker("Valkey")
"""Requests pass uncounted while it is open: none of them waits for a timeout."""

# Valkey's own clock, so that all web processes agree. Scores are microseconds, below 2^53, so a Lua number holds them exactly;
# "..." with a bare number would round it to 14 digits. The member only has to be unique: within one microsecond the count differs.
COUNT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local window, limit, cost = 60000000, tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
local is_allowed = used + cost <= limit
if is_allowed and cost > 0 then
    for i = 1, cost do
        redis.call('ZADD', KEYS[1], now, string.format('%.0f:%d', now, used + i))
    end
    redis.call('PEXPIRE', KEYS[1], window / 1000)
    used = used + cost
end
local leaving = 0
if not is_allowed then
    leaving = math.min(used, used + cost - limit) - 1
end
local entry = redis.call('ZRANGE', KEYS[1], leaving, leaving, 'WITHSCORES')
local free_at = now
if entry[2] then
    free_at = tonumber(entry[2]) + window
elseif not is_allowed then
    free_at = now + window
end
return {is_allowed and 1 or 0, used, now, free_at}
"""


@dataclass(frozen=True, slots=True)
class LimitState:
    """State of a bucket after a request was counted or refused."""

    is_allowed: bool
    limit: int
    remaining: int
    reset_at: int
    """Unix time at which the oldest counted request leaves the window and `remaining` rises."""
    retry_after: int
    """Seconds until the refused request fits; 0 if it was allowed."""


def count_request(bucket: str, *, limit: int, cost: int = 1) -> LimitState:
    """Count a request if it fits into the bucket's last 60 seconds. A refused request is not counted.

    Without Valkey every request passes: costs and work are limited in Postgres.
    """
    if breaker.is_open:
        return _uncounted(limit)
    try:
        is_allowed, used, now, free_at = _script()(keys=[f"limit:{bucket}"], args=[limit, cost])
    except ValkeyAway as error:
        if breaker.open():
            logger.warning("Valkey is away (%s): requests a minute are not counted", type(error).__name__)
        return _uncounted(limit)
    return LimitState(
        is_allowed=bool(is_allowed),
        limit=limit,
        remaining=max(0, limit - used),
        reset_at=math.ceil(free_at / 1e6),
        retry_after=0 if is_allowed else max(1, math.ceil((free_at - now) / 1e6)),
    )


def peek(bucket: str, *, limit: int) -> LimitState:
    """State of the bucket, without counting."""
    return count_request(bucket, limit=limit, cost=0)


def _uncounted(limit: int) -> LimitState:
    return LimitState(is_allowed=True, limit=limit, remaining=limit, reset_at=int(time.time()) + WINDOW_SECONDS, retry_after=0)


@cache
def _script() -> Script:
    return client().register_script(COUNT)
