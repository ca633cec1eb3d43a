"""Claims and cancellations, in a real Valkey."""

import threading

import pytest
import redis

from tests.servers import free_port
from workers import broker
from workers.broker import Claim, Claims
from workers.contract.names import cancel_key


def test_a_token_is_claimed_once_whoever_asks(valkey: redis.Redis) -> None:
    first, second = Claims(valkey, holder="one"), Claims(valkey, holder="two")
    assert first.take("t") is Claim.OURS
    assert second.take("t") is Claim.REPEATED
    assert first.take("t") is Claim.REPEATED
    assert 0 < valkey.ttl("workers:claimed:t") <= broker.CLAIM_SECONDS


def test_claiming_a_cancelled_token_reports_the_cancellation(valkey: redis.Redis) -> None:
    valkey.set(cancel_key("t"), "1")
    assert Claims(valkey, holder="one").take("t") is Claim.CANCELLED


def test_the_cancelled_of_many_tokens_are_found(valkey: redis.Redis) -> None:
    valkey.set(cancel_key("b"), "")
    claims = Claims(valkey, holder="one")
    assert claims.cancelled(["a", "b", "c"]) == ["b"]
    assert claims.cancelled([]) == []


def test_a_claim_succeeds_while_the_broker_is_away() -> None:
    client = broker.connect(f"redis://127.0.0.1:{free_port()}")
    assert Claims(client, holder="one").take("t") is Claim.OURS


def test_a_missing_broker_is_waited_for_with_one_line_and_no_password(caplog: pytest.LogCaptureFixture) -> None:
    port, is_stopping = free_port(), threading.Event()
    url = f"redis://worker:secret@127.0.0.1:{port}/0"
    threading.Timer(0.7, is_stopping.set).start()
    assert not broker.wait_for_broker(broker.connect(url), broker_url=url, is_stopping=is_stopping)
    assert [record.getMessage() for record in caplog.records] == [
        f"broker_away address=127.0.0.1:{port} error=ConnectionError: waiting for it"
    ]
