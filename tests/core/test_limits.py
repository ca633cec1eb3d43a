"""Rate limits: exact, shared, and open while Valkey is unavailable."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from apps.core import limits
from apps.core.limits import RequestBucket, count_request, count_requests, peek
from workers.circuit_breaker import CircuitBreaker


@pytest.fixture(autouse=True)
def _valkey_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "breaker", CircuitBreaker("Valkey"))


def age(valkey: redis.Redis, bucket: str, *, seconds: float) -> None:
    """Age the bucket's requests by this many seconds."""
    for member, score in valkey.zrange(f"limit:{bucket}", 0, -1, withscores=True):
        valkey.zadd(f"limit:{bucket}", {member: score - seconds * 1e6})


def test_ten_requests_fit_into_ten_a_minute_and_the_eleventh_does_not() -> None:
    remaining = [count_request("b", limit=10).remaining for _ in range(10)]
    assert remaining == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    refused = count_request("b", limit=10)
    assert (refused.is_allowed, refused.limit, refused.remaining) == (False, 10, 0)
    assert 59 <= refused.retry_after <= 60
    assert 58 <= refused.reset_at - time.time() <= 61


def test_a_refused_request_is_not_counted(valkey: redis.Redis) -> None:
    for _ in range(5):
        count_request("b", limit=2)
    assert valkey.zcard("limit:b") == 2


def test_a_request_fits_again_as_soon_as_the_oldest_is_a_minute_old(valkey: redis.Redis) -> None:
    count_request("b", limit=2)
    age(valkey, "b", seconds=59)
    count_request("b", limit=2)
    refused = count_request("b", limit=2)
    assert (refused.is_allowed, refused.retry_after) == (False, 1)
    age(valkey, "b", seconds=1.5)
    allowed = count_request("b", limit=2)
    assert (allowed.is_allowed, allowed.remaining) == (True, 0)


def test_two_minutes_do_not_lend_each_other_requests_at_their_border(valkey: redis.Redis) -> None:
    for _ in range(10):
        count_request("b", limit=10)
    age(valkey, "b", seconds=59.0)  # a counter of calendar minutes would allow ten more about now
    assert not count_request("b", limit=10).is_allowed


def test_a_costly_request_waits_until_all_of_it_fits(valkey: redis.Redis) -> None:
    for _ in range(3):
        count_request("b", limit=4)
    age(valkey, "b", seconds=20)
    count_request("b", limit=4)
    refused = count_request("b", limit=4, cost=2)
    assert (refused.is_allowed, refused.remaining) == (False, 0)
    assert 39 <= refused.retry_after <= 40
    age(valkey, "b", seconds=41)
    allowed = count_request("b", limit=4, cost=3)
    assert (allowed.is_allowed, allowed.remaining) == (True, 0)


def test_more_than_the_limit_at_once_never_fits() -> None:
    refused = count_request("b", limit=3, cost=4)
    assert (refused.is_allowed, refused.remaining, refused.retry_after) == (False, 3, 60)


def test_peeking_at_a_limit_counts_no_request(valkey: redis.Redis) -> None:
    assert peek("b", limit=10).remaining == 10
    count_request("b", limit=10)
    assert [peek("b", limit=10).remaining for _ in range(3)] == [9, 9, 9]
    assert valkey.zcard("limit:b") == 1


def test_request_that_exceeds_one_of_several_buckets_is_counted_in_none(valkey: redis.Redis) -> None:
    wide, narrow = RequestBucket("wide", 3), RequestBucket("narrow", 1)
    assert [(state.is_allowed, state.remaining) for state in count_requests([wide, narrow])] == [(True, 2), (True, 0)]
    first, second = count_requests([wide, narrow])
    assert (first.is_allowed, first.remaining, first.retry_after) == (True, 2, 0)
    assert (second.is_allowed, second.remaining) == (False, 0)
    assert 59 <= second.retry_after <= 60
    assert [valkey.zcard(f"limit:{name}") for name in ("wide", "narrow")] == [1, 1]
    assert count_requests([wide])[0].remaining == 1


def test_request_is_counted_in_all_buckets_by_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    script, calls = limits._script(), []
    monkeypatch.setattr(limits, "_script", lambda: lambda **values: calls.append(values["keys"]) or script(**values))
    count_requests([RequestBucket(name, 5) for name in "abc"])
    assert calls == [["limit:a", "limit:b", "limit:c"]]


def test_buckets_with_other_names_count_separately() -> None:
    count_request("a", limit=1)
    assert count_request("b", limit=1).is_allowed
    assert not count_request("a", limit=1).is_allowed


def test_fifty_threads_get_exactly_ten_requests() -> None:
    with ThreadPoolExecutor(50) as pool:
        states = list(pool.map(lambda _: count_request("b", limit=10), range(50)))
    assert sum(state.is_allowed for state in states) == 10


def test_a_bucket_disappears_after_its_minute(valkey: redis.Redis) -> None:
    count_request("b", limit=10)
    assert 59_000 <= valkey.pttl("limit:b") <= 60_000


def test_requests_pass_without_valkey_and_one_line_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    away = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(limits, "_script", lambda: away.register_script(limits.COUNT))
    with caplog.at_level(logging.WARNING):
        states = [count_request("b", limit=2) for _ in range(5)]
    assert [(state.is_allowed, state.remaining) for state in states] == [(True, 2)] * 5
    assert len(caplog.records) == 1


def test_valkey_is_asked_again_once_the_breaker_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.breaker.open()
    assert count_request("b", limit=5).remaining == 5
    limits.breaker.close()
    assert count_request("b", limit=5).remaining == 4
