"""Probes: what each finds, one round a minute, and what is recorded of outages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import redis
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from apps.core.outbound import OutboundError
from apps.core.storage import StorageAwayError, get_storage
from apps.core.ttl_cache import clear_all_caches
from apps.jobs.dispatch import dispatch_all
from apps.jobs.models import Job, Part
from apps.jobs.services.finish import finish_part
from apps.status.components import COMPONENT_IDS, State
from apps.status.models import Day, Minute, ProbeJob
from apps.status.services import gaps, job_probes, outage_watch, probes, recording, webhook_probe
from apps.status.services.recording import KEPT_DAYS, KEPT_MINUTES, forget_old, probe_minute, record
from apps.webhooks.models import Delivery
from tests.factories import AccountFactory
from tests.factories_jobs import announce, caller, engine_spec, outcome_of, started, store_output, submit
from tests.servers import free_port
from tests.transcription.conftest import HEARD, WHISPER

NOON = datetime(2026, 11, 30, 12, 0, 30, tzinfo=UTC)


def states() -> dict[str, str]:
    clear_all_caches()
    return {name: state.value for name, (state, _) in probes.run_probes().items()}


def work_off(status: str = "completed") -> list[str]:
    """Do every admitted part as a worker would; returns their kinds."""
    import json

    dispatch_all()
    kinds = []
    for part in Part.objects.filter(state="admitted"):
        kinds.append(part.kind)
        content = {"audio": json.dumps(HEARD.to_dict()).encode()} if part.kind == "listen" else {}
        if status == "completed":
            finish_part(outcome_of(part, manifest=store_output(started(part), **content)))
        else:
            finish_part(outcome_of(started(part), status="failed", error_code="bad", error_message="bad"))
    return kinds


def test_round_of_probes_speaks_and_hears_and_leaves_one_job() -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER))
    assert states() == dict.fromkeys([*probes.PROBES, "speech", "transcription"], "up")
    assert work_off() == ["speak"]
    states()
    assert work_off() == ["listen"]
    assert set(states().values()) == {"up"}
    assert set(ProbeJob.objects.values_list("component", "state")) == {("speech", "up"), ("transcription", "up")}
    assert [job.kind for job in Job.objects.all()] == ["speech_probe"]
    assert not Job.objects.filter(price_millicredits__gt=0).exists()
    ProbeJob.objects.update(submitted_at=timezone.now() - timedelta(seconds=301))
    states()
    assert work_off("failed") == ["speak", "listen"]
    found = states()
    assert (found["speech"], found["transcription"]) == ("down", "down")


def test_probe_job_that_nobody_does_is_slow_and_then_down() -> None:
    announce(engine_spec())
    assert states()["speech"] == "up"
    for age, state in ((timedelta(seconds=31), "degraded"), (timedelta(minutes=4), "down")):
        Job.objects.update(created_at=timezone.now() - age)
        assert states()["speech"] == state


def test_status_shows_models_without_workers_as_down_and_omits_absent_ones() -> None:
    assert set(states()) == set(probes.PROBES)
    announce(engine_spec(), engine_spec("whisper", **WHISPER))
    from apps.catalog.models import Engine, Worker

    long_ago = timezone.now() - timedelta(hours=1)
    Worker.objects.update(last_seen_at=long_ago)
    Engine.objects.update(last_announced_at=long_ago)
    found = states()
    assert (found["speech"], found["transcription"]) == ("down", "down")
    assert Job.objects.count() == 0


def test_status_is_slow_for_waiting_customers_but_not_for_bulk_work(settings: Any) -> None:
    settings.TTSAI_STATUS_JOB_SECONDS = 0  # a probe's job would have the queue dispatched
    announce(engine_spec())
    job = submit(caller(), "Hello.").job
    bulk = submit(caller(), "Hello.", lane="bulk").job
    Part.objects.update(state="queued", opens_job=True)
    Job.objects.filter(uuid=bulk.uuid).update(created_at=timezone.now() - timedelta(hours=1))
    assert states()["speech"] == "up"
    for age, state in ((timedelta(seconds=70), "degraded"), (timedelta(minutes=11), "down")):
        Job.objects.filter(uuid=job.uuid).update(created_at=timezone.now() - age)
        assert states()["speech"] == state


def test_servers_that_do_not_answer_and_late_webhooks_are_reported(settings: Any) -> None:
    settings.TTSAI_STATUS_URL = f"http://127.0.0.1:{free_port()}"
    account = AccountFactory()
    Delivery.objects.create(
        account=account, url="https://example.com", event="test", body="{}", next_attempt_at=timezone.now() - timedelta(minutes=3)
    )
    with mock.patch.object(get_storage(), "put_bytes", side_effect=StorageAwayError("away")):
        found = states()
    assert {name: found[name] for name in ("web", "storage", "webhooks", "database")} == {
        "web": "down", "storage": "down", "webhooks": "degraded", "database": "up",
    }  # fmt: skip


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replaces what the probes find, for tests of the records."""

    def find(**results: str) -> None:
        monkeypatch.setattr(recording, "run_probes", lambda: {name: (State(state), 5) for name, state in results.items()})

    return find


def test_minute_is_probed_once_and_counted_once(found: Callable[..., None]) -> None:
    found(web="up", speech="down")
    assert [probe_minute(NOON), probe_minute(NOON)] == [True, False]
    assert record(NOON.replace(second=0), {"web": (State.DOWN, None)}) is False  # another process, without the claim
    found(web="degraded")
    probe_minute(NOON + timedelta(minutes=1))
    assert list(Minute.objects.values_list("results", flat=True)) == [{"web": ["degraded", 5]}, {"web": ["up", 5], "speech": ["down", 5]}]
    counts = {day.component: (day.up, day.degraded, day.down) for day in Day.objects.all()}
    assert counts == {"web": (1, 1, 0), "speech": (0, 0, 1)}


def test_outage_of_the_database_is_recorded_when_it_is_back(found: Callable[..., None]) -> None:
    found(web="up", database="down")
    with mock.patch.object(recording, "record", side_effect=OperationalError("away")):
        assert probe_minute(NOON) is True
    assert not Minute.objects.exists()
    found(web="up", database="up")
    probe_minute(NOON + timedelta(minutes=1))
    assert [minute.results["database"][0] for minute in Minute.objects.order_by("minute")] == ["down", "up"]
    assert Day.objects.filter(component="database").values_list("up", "down").get() == (1, 1)


def test_old_minutes_and_days_are_deleted(found: Callable[..., None]) -> None:
    found(web="up")
    now = timezone.now()
    for age in (timedelta(0), KEPT_MINUTES + timedelta(hours=1), KEPT_DAYS + timedelta(days=1)):
        probe_minute(now - age)
    forget_old()
    assert (Minute.objects.count(), Day.objects.count()) == (1, 2)


def test_every_component_has_a_probe() -> None:
    assert {*probes.PROBES, "speech", "transcription"} == set(COMPONENT_IDS)
    assert set(job_probes.PREFERRED) == {"tts", "stt"}


def test_a_broker_that_is_away_takes_down_whatever_needs_it() -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER))
    with mock.patch.object(probes, "client", side_effect=redis.exceptions.ConnectionError("away")):
        found = states()
    assert {name for name, state in found.items() if state == "down"} == {"broker", "speech", "transcription", "tools", "webhooks"}
    assert (found["database"], found["web"], found["storage"]) == ("up", "up", "up")


def test_the_worker_probes_by_itself_while_no_task_can_arrive(monkeypatch: pytest.MonkeyPatch, found: Callable[..., None]) -> None:
    found(web="up", broker="down")
    looks = iter([False, False, True])
    answers = iter([True, False])
    monkeypatch.setattr(outage_watch, "_broker_answers", lambda: next(answers))
    monkeypatch.setattr(recording, "client", mock.Mock(side_effect=redis.exceptions.ConnectionError("away")))
    monkeypatch.setattr(recording, "find_outage", lambda minute: [])
    watch = outage_watch.OutageWatch(wait=lambda _stopped: next(looks))
    watch.start()
    watch.join()
    assert Minute.objects.get().results == {"web": ["up", 5], "broker": ["down", 5]}


def test_the_watch_looks_twenty_seconds_after_each_full_minute() -> None:
    assert [outage_watch.seconds_to_next_look(now) for now in (600.0, 619.0, 620.0, 659.0)] == [20.0, 1.0, 60.0, 21.0]


def test_an_outage_in_which_no_worker_ran_is_recorded_afterwards(found: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    found(web="up", broker="up", speech="up", database="up")
    monkeypatch.setattr(gaps, "_database_start", lambda: NOON - timedelta(days=1))
    probe_minute(NOON)
    monkeypatch.setattr(gaps, "_broker_start", lambda now: NOON + timedelta(minutes=3))
    probe_minute(NOON + timedelta(minutes=5))
    rows = {(row.minute - NOON.replace(second=0)).seconds // 60: row.results for row in Minute.objects.order_by("minute")}
    assert list(rows) == [0, 1, 2, 3, 5]
    assert rows[1] == rows[3] == {"broker": ["down", None], "speech": ["down", None]}
    assert Day.objects.filter(component="broker").values_list("up", "down").get() == (2, 3)
    assert Day.objects.filter(component="web").values_list("up", "down").get() == (2, 0)


def test_a_stop_of_the_whole_installation_is_no_outage_of_the_broker(found: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    found(web="up", broker="up")
    probe_minute(NOON)
    for start in (NOON + timedelta(minutes=3), NOON - timedelta(days=2)):
        monkeypatch.setattr(gaps, "_broker_start", lambda now, start=start: start)
        monkeypatch.setattr(gaps, "_database_start", lambda start=start: start)
        assert list(gaps.find_outage(NOON + timedelta(minutes=5))) == []


def test_the_delivery_probe_is_signed_and_its_receipt_is_checked(settings: Any, live_server: Any) -> None:
    settings.TTSAI_STATUS_URL = live_server.url
    host = live_server.url.removeprefix("http://")
    assert webhook_probe.deliver_probe() is None  # an address of this machine, which webhooks do not reach
    settings.TTSAI_OUTBOUND_ALLOW = [host]
    took = webhook_probe.deliver_probe()
    assert took is not None
    assert took >= 0
    with mock.patch("apps.status.webhook_views.receive_probe", return_value="another"), pytest.raises(OutboundError, match="with 200"):
        webhook_probe.deliver_probe()


def test_a_delivery_probe_that_does_not_arrive_is_an_outage_of_webhooks(settings: Any) -> None:
    port = free_port()
    settings.TTSAI_STATUS_URL = f"http://127.0.0.1:{port}"
    settings.TTSAI_OUTBOUND_ALLOW = [f"127.0.0.1:{port}"]
    assert states()["webhooks"] == "down"


def test_a_probe_with_a_wrong_or_an_old_signature_gets_no_receipt() -> None:
    client, now = Client(), datetime.now(UTC)
    path, body = "/webhooks/probe/", webhook_probe.BODY
    right = webhook_probe.sign("msg_1", at=now)
    answer = client.post(path, body, content_type="application/json", headers=right)
    assert (answer.status_code, answer.json()) == (200, {"receipt": webhook_probe.receipt("msg_1")})
    old = webhook_probe.sign("msg_1", at=now - timedelta(hours=1))
    for headers in (old, right | {"webhook-id": "msg_2"}, {**right, "webhook-signature": "v1,AAAA"}, {}):
        refused = client.post(path, body, content_type="application/json", headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_signature")
