"""Every page of the admin in Chromium: no error in the console, nothing wider than the window, pictures under var/screenshots/admin."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.test import Client

from apps.abuse_reports.models import AbuseReport
from apps.accounts.models import Account, User
from apps.accounts.services import create_key
from apps.billing.models import EntryKind
from apps.billing.services import grant_credits
from apps.jobs.models import Job, Part
from apps.voices.models import Voice
from tests.operator.rows import make_job, make_one_of_everything, page
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.web.shell import running_shell
from tests.website.accessibility import serious_violations

pytestmark = [
    pytest.mark.prove,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here"),
    pytest.mark.timeout(600),
]
PICTURES = Path(__file__).parents[2] / "var" / "screenshots" / "admin"
IS_READY = "document.readyState === 'complete' && window.Alpine && !document.querySelector('[x-cloak]')"
CUT = """
[...document.querySelectorAll('fieldset.module, .op-card, .op-figure')].flatMap(box => [...box.querySelectorAll('input, select, textarea, label, p, a, td, th, strong')]
    .filter(one => one.offsetWidth && one.getBoundingClientRect().right > box.getBoundingClientRect().right + 1 && !one.closest('.op-scroll, .op-json, [data-simplebar], .overflow-x-auto'))
    .map(one => `${one.tagName} ${one.id || one.textContent.trim().slice(0, 30)} leaves its box`)).slice(0, 3)
"""
"""Up to three elements that stick out of the box that they are in."""
CUT_COLUMNS = """
[...document.querySelectorAll('#result_list')].filter(table => innerWidth >= 1280 && table.scrollWidth > table.closest('[data-simplebar]').clientWidth + 1)
    .map(table => `the list is ${table.scrollWidth - table.closest('[data-simplebar]').clientWidth} pixels wider than its box`)
"""
"""A list whose last columns are cut off on a desktop."""
UNREACHED = """
[...document.querySelectorAll('.op-scroll:not([tabindex="0"][role][aria-label])')].map(box => `${box.textContent.trim().slice(0, 30)} scrolls, but the keyboard does not reach it`)
"""
CHARTS = """
[...document.querySelectorAll('canvas.chart')].map(canvas => { const { x, y } = Chart.getChart(canvas).scales; return [x, y].map(scale => [scale.options.ticks.color, Chart.helpers.toFont(scale.options.ticks.font).family]); })
"""
"""Colour and typeface of both axes of each chart."""
SIZES = ((1280, "light"), (1440, "dark"), (390, "dark"), (390, "light"))


def paths() -> dict[str, str]:
    """Path of each page by the name of its picture."""
    found = {"start": "/admin/", "live": "/admin/live/", "password": "/admin/password_change/"}
    for model, model_admin in admin.site._registry.items():
        row = model._default_manager.order_by("pk").first()
        name = f"{model._meta.app_label}-{model._meta.model_name}"
        found[f"{name}-list"] = page(model, "changelist")
        if row is not None:
            found[f"{name}-row"] = page(model, "change", quote(str(row.pk), safe=""))
        if "add" in name or model_admin.__class__.__name__ in {
            "AccountAdmin",
            "AnnouncementAdmin",
            "ApiKeyAdmin",
            "PlanAdmin",
            "StandInAdmin",
        }:
            found[f"{name}-add"] = page(model, "add")
    account, voice, report = Account.objects.earliest("pk"), Voice.objects.get(), AbuseReport.objects.get()
    found["form-suspend"] = f"/admin/accounts/account/{account.pk}/suspend/"
    found["form-adjust"] = "/admin/billing/ledgerentry/adjust/"
    found["form-take-down"] = f"/admin/voices/voice/{voice.pk}/take_down/"
    found["form-dismiss"] = f"/admin/abuse_reports/abusereport/{report.pk}/dismiss/"
    found["form-plans"] = "/admin/catalog/engine/kokoro/set_plans/"
    found["job-with-attempts"] = page(Job, "change", Job.objects.filter(request_id="drawn").get().pk)
    return found


def make_drawn_rows() -> None:
    """A job whose timeline has every kind of stretch, and money for the charts."""
    account = Account.objects.earliest("pk")
    create_key(account, name="A key with a long name for the list", scopes=["tts:generate", "stt:transcribe"])
    grant_credits(account.pk, amount_millicredits=250_000, kind=EntryKind.PURCHASE, reason="pack", actor="stripe")
    job = make_job(account, state="completed", request_id="drawn", charged_millicredits=34)
    begin = job.created_at
    Job.objects.filter(pk=job.pk).update(part_count=2, started_at=begin + step(2), finished_at=begin + step(10))
    lost = {
        "worker": "box/cpu",
        "admitted_at": (begin + step(1)).isoformat(),
        "ended_at": (begin + step(3)).isoformat(),
        "error_code": "worker_lost",
    }
    times = {"admitted_at": begin + step(4), "started_at": begin + step(5), "finished_at": begin + step(8)}
    Part.objects.filter(job=job).update(worker="box/cpu", attempts=2, units_done=34, earlier_attempts=[lost], **times)
    Part.objects.create(
        job=job, index=1, kind="join", stage=1, state="done", work={}, tenant=job.tenant, queue="codec", lane="normal", worker="box/cpu", attempts=1,
        admitted_at=begin + step(9), started_at=begin + step(9), finished_at=begin + step(10),
    )  # fmt: skip


def step(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def test_every_page_of_the_admin_shows_no_error_and_fits_its_window(client: Client, operator: User, chromium: Browser) -> None:
    make_one_of_everything()
    make_drawn_rows()
    faults: list[str] = []
    with running_shell() as shell:
        chromium.set_cookie(shell.url, name="sessionid", value=client.cookies["sessionid"].value)
        for name, path in paths().items():
            for theme in ("light", "dark"):  # unfold reads the preferred theme when the page opens
                chromium.show_as(theme=theme)
                chromium.open(f"{shell.url}{path}", until=IS_READY)
                faults += [f"{path}, {theme}: {violation}" for violation in serious_violations(chromium)]
                faults += chromium.value(UNREACHED)
                for width in (width for width, shown in SIZES if shown == theme):
                    chromium.screenshot(PICTURES / f"{name}-{width}-{theme}.png", width=width, theme=theme)
                    if chromium.overflow() > 0:
                        faults.append(f"{path} at {width}: {chromium.overflow()} pixels too wide")
                    faults += [f"{path} at {width}: {reported}" for reported in chromium.value(CUT) + chromium.value(CUT_COLUMNS)]
            faults += [f"{path}: {reported}" for reported in chromium.complaints]
            chromium.complaints.clear()
    assert not faults, "\n".join(faults)


def test_charts_of_the_start_page_have_the_typeface_and_the_text_colour_of_the_theme(
    client: Client, operator: User, chromium: Browser
) -> None:
    make_one_of_everything()
    make_drawn_rows()
    with running_shell() as shell:
        chromium.set_cookie(shell.url, name="sessionid", value=client.cookies["sessionid"].value)
        for theme, colour in (("light", "rgb(93, 90, 83)"), ("dark", "rgb(170, 166, 156)")):
            chromium.show_as(theme=theme)
            chromium.open(f"{shell.url}/admin/", until=f"{IS_READY} && Chart.getChart(document.querySelector('canvas.chart'))")
            axes = [axis for chart in chromium.value(CHARTS) for axis in chart]
            assert axes == [[colour, "Geist, system-ui, sans-serif"]] * len(axes) != []
        chromium.value("document.documentElement.classList.remove('dark')")  # as the switch of the theme does
        chromium.wait_until(f"{CHARTS.strip()}[0][0][0] === 'rgb(93, 90, 83)'")
