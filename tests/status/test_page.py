"""The status page, its JSON and its feed: real figures, gaps shown as such, and answers during outages."""

from datetime import timedelta
from typing import Any
from unittest import mock
from xml.etree.ElementTree import fromstring

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from apps.status.components import State
from apps.status.models import Day, Incident, IncidentUpdate
from apps.status.services import kept_status
from apps.status.services.incidents import apply_updates
from apps.status.services.kept_status import forget_shown, read_shown
from apps.status.services.recording import record
from tests.factories import UserFactory

ATOM = "{http://www.w3.org/2005/Atom}"


def probed(**states: str) -> None:
    record(timezone.now().replace(second=0, microsecond=0), {name: (State(state), 12) for name, state in states.items()})
    forget_shown()


def incident(title: str, *updates: tuple[str, str], **fields: Any) -> Incident:
    made = Incident.objects.create(title=title, components=["speech"], **fields)
    for phase, text in updates:
        IncidentUpdate.objects.create(incident=made, phase=phase, text=text)
    apply_updates(made)
    return made


def test_empty_installation_shows_no_figure_that_it_has_not(client: Client) -> None:
    page = client.get("/status/").content.decode()
    assert "No recent probe" in page
    assert "No probe has run yet" in page
    assert "%" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.get("/v1/status/").json()["components"] == []


def test_uptime_is_of_real_probes_and_days_without_data_are_shown_as_such(client: Client) -> None:
    today = timezone.now().date()
    Day.objects.create(component="speech", day=today - timedelta(days=1), up=1199, degraded=1, down=240)
    Day.objects.create(component="speech", day=today - timedelta(days=89), up=1440)
    Day.objects.create(component="speech", day=today - timedelta(days=90), down=1440)  # older than the page shows
    probed(speech="degraded", web="up")
    shown = client.get("/v1/status/").json()
    speech = next(component for component in shown["components"] if component["id"] == "speech")
    assert (shown["status"], speech["state"], speech["milliseconds"]) == ("degraded", "degraded", 12)
    assert speech["uptime"] == 91.66  # 2,641 of 2,881 minutes, rounded down
    assert [(day["state"], day["uptime"], day["minutes"]) for day in speech["days"]][-2:] == [("down", 83.33, 1440), ("degraded", 100.0, 1)]
    assert [day["state"] for day in speech["days"]].count("none") == 87
    page = client.get("/status/").content.decode()
    assert "Something is slow" in page
    assert f"{today - timedelta(days=2)}: no data" in page
    assert "91.66% up on 3 days with data" in page


def test_results_that_are_minutes_old_say_nothing_about_now(client: Client) -> None:
    record(timezone.now() - timedelta(minutes=4), {"web": (State.UP, 12)})
    forget_shown()
    shown = client.get("/v1/status/").json()
    assert (shown["status"], shown["components"][0]["state"]) == ("unknown", "unknown")


def test_incidents_are_open_until_resolved_and_maintenance_is_announced(client: Client) -> None:
    now = timezone.now()
    probed(web="up")
    incident("Voices are silent", ("identified", "A worker is <b>stuck</b>."), impact="outage")
    incident("Queues were slow", ("investigating", "We look."), ("resolved", "It is over."), starts_at=now - timedelta(days=1))
    incident("New disks", is_maintenance=True, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=2))
    shown = client.get("/v1/status/").json()
    lists = {name: [one["title"] for one in shown[name]] for name in ("incidents", "past_incidents", "scheduled_maintenance")}
    assert lists == {"incidents": ["Voices are silent"], "past_incidents": ["Queues were slow"], "scheduled_maintenance": ["New disks"]}
    page = client.get("/status/").content.decode()
    assert "A worker is &lt;b&gt;stuck&lt;/b&gt;." in page
    assert ("An incident is open" in page, "Everything works" in page) == (True, False)
    feed = fromstring(client.get("/status/feed/").content)  # noqa: S314 - our own
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["New disks", "Voices are silent", "Queues were slow"]
    assert "resolved: It is over." in str([entry.findtext(f"{ATOM}content") for entry in feed.iter(f"{ATOM}entry")][2])


def test_page_shows_the_last_known_state_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(UserFactory())
    probed(web="up", database="up")
    assert read_shown()["is_current"] is True
    forget_shown()
    away = mock.Mock(side_effect=OperationalError("away"))
    monkeypatch.setattr(kept_status, "read_status", away)
    monkeypatch.setattr(SessionStore, "load", away)
    page = client.get("/status/")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "this is the last known state" in page.content.decode()
    shown = client.get("/v1/status/").json()
    assert {component["id"]: component["state"] for component in shown["components"]} == {"web": "unknown", "database": "down"}
    assert (shown["status"], shown["is_current"]) == ("down", False)


def test_page_costs_few_queries_and_is_kept_for_seconds(client: Client, django_assert_max_num_queries: Any) -> None:
    probed(web="up")
    with django_assert_max_num_queries(6):
        assert client.get("/status/").headers["Cache-Control"] == "public, max-age=15"
    with django_assert_max_num_queries(0):
        assert client.get("/status/").status_code == 200


def test_page_that_caches_may_keep_holds_nobodys_token(client: Client) -> None:
    public = client.get("/status/")
    assert ("csrf" in public.content.decode(), [*public.cookies]) == (False, [])
    client.force_login(UserFactory())
    own = client.get("/status/")
    assert (own.headers["Cache-Control"], 'name="csrf-token"' in own.content.decode()) == ("no-store", True)
