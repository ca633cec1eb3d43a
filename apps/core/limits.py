"""Rate limit: an exact log of the last 60 seconds per bucket, updated in one Lua call."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from redis.commands.core import Script

from apps.core.valkey import call_or, client
from workers.circuit_breaker import CircuitBreaker

WINDOW_SECONDS = 60

breaker: Final = CircuitBreaker("Valkey")
"""Requests pass uncounted while it is open: none of them waits for a timeout."""

# Valkey's own clock, so that all web processes agree. Scores are microseconds, below 2^53, so a Lua number holds them exactly;
# "..." with a bare number would round it to 14 digits. The member only has to be unique: within one microsecond the count differs.
COUNT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local window, cost = 60000000, tonumber(ARGV[1])
local used, fits, all_fit = {}, {}, true
for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
    used[i] = redis.call('ZCARD', key)
    fits[i] = used[i] + cost <= tonumber(ARGV[i + 1])
    all_fit = all_fit and fits[i]
end
local states = {now}
for i, key in ipairs(KEYS) do
    if all_fit and cost > 0 then
        for n = 1, cost do
            redis.call('ZADD', key, now, string.format('%.0f:%d', now, used[i] + n))
        end
        redis.call('PEXPIRE', key, window / 1000)
        used[i] = used[i] + cost
    end
    local leaving = 0
    if not fits[i] then
        leaving = math.min(used[i], used[i] + cost - tonumber(ARGV[i + 1])) - 1
    end
    local entry = redis.call('ZRANGE', key, leaving, leaving, 'WITHSCORES')
    local free_at = now
    if entry[2] then
        free_at = tonumber(entry[2]) + window
    elseif not fits[i] then
        free_at = now + window
    end
    states[i + 1] = {fits[i] and 1 or 0, used[i], free_at}
end
return states
"""


@dataclass(frozen=True, slots=True)
class RequestBucket:
    """One per-minute request counter."""

    name: str
    limit: int
    scope: str = ""
    """Scope of a key whose requests it counts; empty for all requests."""


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


def count_requests(buckets: Sequence[RequestBucket], *, cost: int = 1) -> list[LimitState]:
    """Count a request in all buckets if it fits into the last 60 seconds of each, otherwise in none; a state for each bucket.

    Without Valkey everything passes: what costs money or work is limited in Postgres.
    """
    keys, limits = [f"limit:{bucket.name}" for bucket in buckets], [bucket.limit for bucket in buckets]
    counted = call_or(None, lambda: _script()(keys=keys, args=[cost, *limits]), breaker=breaker, effect="requests a minute are not counted")
    if counted is None:
        return [_uncounted(limit) for limit in limits]
    now, *states = counted
    return [
        LimitState(
            is_allowed=bool(fits),
            limit=limit,
            remaining=max(0, limit - used),
            reset_at=math.ceil(free_at / 1e6),
            retry_after=0 if fits else max(1, math.ceil((free_at - now) / 1e6)),
        )
        for limit, (fits, used, free_at) in zip(limits, states, strict=True)
    ]


def count_request(bucket: str, *, limit: int, cost: int = 1) -> LimitState:
    """Count a request in one bucket if it fits."""
    return count_requests([RequestBucket(bucket, limit)], cost=cost)[0]


def peek(bucket: str, *, limit: int) -> LimitState:
    """The bucket's state; nothing is counted."""
    return count_request(bucket, limit=limit, cost=0)


def _uncounted(limit: int) -> LimitState:
    return LimitState(is_allowed=True, limit=limit, remaining=limit, reset_at=int(time.time()) + WINDOW_SECONDS, retry_after=0)


@cache
def _script() -> Script:
    return client().register_script(COUNT)
