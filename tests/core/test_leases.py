"""Leases: counted over processes, forgotten with a dead process, granted while Valkey is unavailable."""

import pytest
import redis

from apps.core import leases
from apps.core.leases import release_lease, renew_leases, take_lease
from workers.circuit_breaker import CircuitBreaker

LIMITS = {"key:1": 1, "account:1": 2}


@pytest.fixture(autouse=True)
def _valkey_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "breaker", CircuitBreaker("Valkey"))


def test_lease_beyond_the_limit_of_any_counter_is_refused_and_counted_nowhere(valkey: redis.Redis) -> None:
    first = take_lease(LIMITS)
    assert first is not None
    assert take_lease(LIMITS) is None
    assert valkey.zcard("lease:account:1") == 1
    assert take_lease({"account:1": 2}) is not None
    assert take_lease({"key:2": 5, "account:1": 2}) is None
    assert valkey.zcard("lease:key:2") == 0
    release_lease(first)
    assert take_lease(LIMITS) is not None


def test_unrenewed_lease_expires_and_renewal_restores_it(valkey: redis.Redis) -> None:
    lease = take_lease(LIMITS)
    assert lease is not None
    for name in LIMITS:
        assert 0 < int(str(valkey.ttl(f"lease:{name}"))) <= leases.LEASE_SECONDS
        valkey.zadd(f"lease:{name}", {lease.member: 1})  # expired long ago
    successor = take_lease(LIMITS)
    assert successor is not None
    release_lease(successor)
    renew_leases([lease])
    assert take_lease(LIMITS) is None
    renew_leases([])


def test_lease_is_granted_while_valkey_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise redis.exceptions.ConnectionError

    monkeypatch.setattr(leases, "_script", lambda _: fail)
    granted = [take_lease({"key:1": 1}) for _ in range(2)]
    assert None not in granted
    assert leases.breaker.is_open
