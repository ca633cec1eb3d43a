"""Leases of what stays open, such as WebSocket connections, counted in Valkey over all processes. Their process renews them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from redis.commands.core import Script

from apps.core.valkey import call_or, client
from workers.circuit_breaker import CircuitBreaker

LEASE_SECONDS: Final = 60
"""Time after which the leases of a process that died are forgotten."""
RENEW_SECONDS: Final = 20.0

breaker: Final = CircuitBreaker("Valkey")
"""Leases are granted uncounted while it is open."""
UNCOUNTED: Final = "open connections are not counted"

TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    if redis.call('ZCARD', key) >= tonumber(ARGV[2 + i]) then
        return i
    end
end
for _, key in ipairs(KEYS) do
    redis.call('ZADD', key, now + ARGV[2] * 1000, ARGV[1])
    redis.call('EXPIRE', key, ARGV[2])
end
return 0
"""
RENEW = """
local clock = redis.call('TIME')
local ends_at = clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[1] * 1000
for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, ends_at, ARGV[1 + i])
    redis.call('EXPIRE', key, ARGV[1])
end
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """One open thing and the counters that it stands in."""

    member: str
    counters: tuple[str, ...]


def take_lease(limits: Mapping[str, int]) -> Lease | None:
    """Take a lease if each counter holds fewer than its limit; None otherwise. Without Valkey it is granted."""
    lease = Lease(uuid.uuid4().hex, tuple(limits))
    keys = [_key(name) for name in limits]
    full = call_or(
        0,
        lambda: _script(TAKE)(keys=keys, args=[lease.member, LEASE_SECONDS, *limits.values()]),
        breaker=breaker,
        effect=UNCOUNTED,
    )
    return None if full else lease


def renew_leases(leases: Iterable[Lease]) -> None:
    """Keep leases for another LEASE_SECONDS, also those that Valkey has lost."""
    pairs = [(_key(name), lease.member) for lease in leases for name in lease.counters]
    if pairs:
        keys, members = zip(*pairs, strict=True)
        call_or(None, lambda: _script(RENEW)(keys=keys, args=[LEASE_SECONDS, *members]), breaker=breaker, effect=UNCOUNTED)


def release_lease(lease: Lease) -> None:
    """End a lease. Without Valkey it ends by itself."""
    pipeline = client().pipeline(transaction=False)
    for name in lease.counters:
        pipeline.zrem(_key(name), lease.member)
    call_or(None, pipeline.execute, breaker=breaker, effect=UNCOUNTED)


def _key(name: str) -> str:
    return f"lease:{name}"


@cache
def _script(source: str) -> Script:
    return client().register_script(source)
