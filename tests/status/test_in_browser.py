"""/status/ in Chromium with 90 days of probes, outages and incidents: on a phone and a desktop, in both themes."""

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.utils import timezone

from apps.status.components import COMPONENT_IDS, State
from apps.status.models import Day, Incident, IncidentUpdate
from apps.status.services.incidents import apply_updates
from apps.status.services.kept_status import forget_shown
from apps.status.services.recording import record
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.web.shell import RunningShell, running_shell
from tests.website.accessibility import serious_violations

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]

SHOTS = configured.BASE_DIR / "var/screenshots/status"
DAYS = 90
LONG = "Requests with recordings of more than an hour wait longer than usual, since one of two machines that separate stems is being repaired. "
ADDRESS = "https://status.example.com/incidents/2026-11-30-separation-of-stems-is-slow-on-one-of-two-machines-and-nothing-is-lost"


@pytest.fixture
def server(settings: Any) -> Iterator[RunningShell]:
    settings.TTSAI_WEB_THREADS = 4
    with running_shell() as shell:
        yield shell


def fill_days() -> None:
    """Three months of each component: mostly up, with outages of minutes and of hours, slow days, and days without a probe."""
    today, rows = timezone.now().date(), []
    for number, component in enumerate(COMPONENT_IDS):
        for age in range(1, DAYS):
            wave = math.sin(7 * age + 13 * number)
            if wave > 0.985:
                continue  # the machine was off
            down = 240 if wave < -0.97 else 6 if wave < -0.93 else 0
            degraded = 90 if 0.93 < wave <= 0.985 else 0
            rows.append(Day(component=component, day=today - timedelta(days=age), up=1440 - down - degraded, degraded=degraded, down=down))
    Day.objects.bulk_create(rows)
    states = [State.UP, State.DEGRADED, State.DOWN]
    results = {
        component: (states[number % 3 if number < 6 else 0], 12 + 900 * (number % 3)) for number, component in enumerate(COMPONENT_IDS)
    }
    record(timezone.now().replace(second=0, microsecond=0), results)
    forget_shown()


def add_incidents() -> None:
    now = timezone.now()

    def incident(title: str, *updates: tuple[str, str], **fields: Any) -> None:
        made = Incident.objects.create(title=title, **fields)
        for phase, text in updates:
            IncidentUpdate.objects.create(incident=made, phase=phase, text=text)
        apply_updates(made)

    every = list(COMPONENT_IDS)
    incident(
        "Stems wait for a machine", ("investigating", LONG * 3), ("identified", f"Details: {ADDRESS}"), components=every, impact="outage"
    )
    incident("Answers of the API are slow", ("monitoring", "It is getting better."), components=every[:1], impact="degraded")
    incident(
        "New disks", is_maintenance=True, components=every[:2], starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=2)
    )
    for age in range(1, 12):
        incident(
            f"Outage number {age}: speech in cloned voices was silent for some accounts of the largest plan",
            ("investigating", LONG),
            ("resolved", "It is over."),
            components=every[age % 3 : age % 3 + 2],
            impact=("outage", "degraded", "notice")[age % 3],
            starts_at=now - timedelta(days=age),
        )
    forget_shown()


def test_three_months_of_probes_and_incidents_are_readable_on_every_screen(server: RunningShell) -> None:
    fill_days()
    add_incidents()
    with browser() as page:
        for width in (1440, 390):
            for theme in ("light", "dark"):
                page.show_as(width=width, height=844 if width < 600 else 900, theme=theme)
                page.open(f"{server.url}/status/", until="document.readyState === 'complete'")
                page.screenshot(SHOTS / f"status-{width}-{theme}.png", width=width, theme=theme)
                assert page.overflow() <= 0, (width, theme)
                check_bars(page)
                assert (
                    page.value(
                        "[...document.querySelectorAll('.card, .card *')].filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline').length"
                    )
                    == 0
                )
                assert page.complaints == []
                assert serious_violations(page) == [], (width, theme)
                page.complaints.clear()  # axe writes styles, which the pages' policy forbids


def check_bars(page: Browser) -> None:
    """Each component has a bar for each day, wide enough to be seen."""
    bars = page.value("[...document.querySelectorAll('.bars')].map(one => [...one.children].map(bar => bar.getBoundingClientRect().width))")
    assert [len(one) for one in bars] == [DAYS] * len(COMPONENT_IDS)
    assert min(width for one in bars for width in one) >= 3
