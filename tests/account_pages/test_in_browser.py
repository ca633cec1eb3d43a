"""The pages in Chromium: no complaint of the browser, no serious violation of axe-core, no horizontal scrolling, in both themes and on a phone.

Pictures are written to var/screenshots/.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Account, Membership
from apps.status.components import State
from apps.status.models import Day, Incident, IncidentUpdate
from apps.status.services.kept_status import forget_shown
from apps.status.services.recording import record
from apps.webhooks.models import DeliveryState, Endpoint
from tests.account_pages.conftest import browser
from tests.account_pages.test_keys import named_key
from tests.account_pages.test_webhooks import delivered
from tests.sweep.browser import PROGRAM, Browser
from tests.sweep.browser import browser as running_browser
from tests.web.shell import RunningShell, running_shell
from tests.website.accessibility import serious_violations

__all__ = ["browser"]

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs chromium"), pytest.mark.django_db(transaction=True)]
PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture
def shell(transactional_db: None, _platform: None) -> Iterator[RunningShell]:
    with running_shell() as running:
        yield running


@pytest.fixture
def page(shell: RunningShell, browser: Client) -> Iterator[Browser]:
    """Chromium in which the owner is logged in."""
    with running_browser() as opened:
        opened.set_cookie(shell.url, name="sessionid", value=browser.cookies["sessionid"].value)
        yield opened


def probed_days() -> None:
    """Some days of probes with gaps, a result of this minute, and an open incident."""
    now = timezone.now()
    for name in ("web", "speech", "database"):
        Day.objects.bulk_create(
            Day(component=name, day=now.date() - timedelta(days=age), up=1400, down=100 * (age == 7)) for age in range(1, 40)
        )
    record(now, {"web": (State.UP, 12), "speech": (State.DEGRADED, 31_000), "database": (State.UP, 2)})
    incident = Incident.objects.create(title="Speech is slow", components=["speech"])
    IncidentUpdate.objects.create(incident=incident, phase="identified", text="One worker is being replaced.")
    forget_shown()


def things_of(account: Account) -> dict[str, str]:
    """Pages with something on each."""
    key, _ = named_key(account, "Website", scopes=["tts:generate", "voices:read"], requests_per_minute_by_scope={"tts:generate": 10})
    revoked, _ = named_key(account, "Old laptop")
    revoked.revoked_at = revoked.last_used_at = timezone.now()
    revoked.save()
    endpoint = Endpoint.objects.create(account=account, url="https://example.com/hooks/speech", description="Production")
    off = Endpoint.objects.create(account=account, url="https://staging.example.com/hooks", is_enabled=False, events=["job.completed"])
    off.disabled_at, off.disabled_reason = timezone.now(), "it has failed since 2026-11-27 10:00 UTC"
    off.save()
    attempts = [
        {"at": "2026-11-30T10:00:00+00:00", "status": 500, "answer": "Internal Server Error", "error": "status 500"},
        {"at": "2026-11-30T10:00:05+00:00", "status": 204, "answer": "", "error": ""},
    ]
    probed_days()
    delivery = delivered(account, endpoint, state=DeliveryState.DELIVERED, attempts=attempts, attempt_count=2, next_attempt_at=None)
    return {
        "keys": "/dashboard/keys/",
        "key": f"/dashboard/keys/{key.pk}/",
        "key_new": "/dashboard/keys/new/",
        "webhooks": "/dashboard/webhooks/",
        "webhook": f"/dashboard/webhooks/{endpoint.uuid}/",
        "webhook_disabled": f"/dashboard/webhooks/{off.uuid}/",
        "webhook_new": "/dashboard/webhooks/new/",
        "delivery": f"/dashboard/webhooks/deliveries/{delivery.uuid}/",
        "settings": "/dashboard/settings/",
        "status": "/status/",
    }


@pytest.mark.parametrize("has_things", [False, True], ids=["empty", "full"])
def test_pages_are_accessible_in_both_themes_and_on_a_phone(
    shell: RunningShell, page: Browser, membership: Membership, has_things: Any
) -> None:
    empty = {"keys_empty": "/dashboard/keys/", "webhooks_empty": "/dashboard/webhooks/"}
    pages = things_of(membership.account) if has_things else empty
    problems: list[str] = []
    for name, path in pages.items():
        page.open(f"{shell.url}{path}")
        if name == "key_new":
            page.click("#access-some")
        for theme in ("light", "dark"):
            for width in (390, 1440):
                page.screenshot(PICTURES / f"{name}-{theme}-{width}.png", width=width, theme=theme)
                if page.overflow() > 0:
                    problems.append(f"{name} is {page.overflow()} pixels too wide at {width}")
            problems += [f"{name}, {theme}: {found}" for found in serious_violations(page)]
    assert not problems, "\n".join(problems)
    assert page.complaints == []
