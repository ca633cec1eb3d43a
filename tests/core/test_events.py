"""Live events of a job."""

import json
from uuid import UUID

import pytest
import redis

from apps.core import events
from apps.core.events import end_event, publish_event

JOB = UUID("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d")


def test_job_stream_keeps_events_in_order_and_expires(valkey: redis.Redis) -> None:
    publish_event(JOB, {"type": "progress", "units_done": 3})
    publish_event(JOB, end_event(JOB, status="completed"))
    entries = valkey.xrange(f"job:{JOB.hex}:events")
    assert [json.loads(fields[b"data"]) for _, fields in entries] == [
        {"type": "progress", "units_done": 3},
        {"type": "end", "status": "completed", "job": JOB.hex},
    ]
    assert 0 < valkey.ttl(f"job:{JOB.hex}:events") <= 3600


def test_event_that_valkey_refuses_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    away = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(events, "client", lambda: away)
    publish_event(JOB, end_event(JOB, status="completed"))
    assert "not published" in caplog.text
    away.close()
