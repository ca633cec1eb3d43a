"""Start page of the admin: figures as cards, charts and tables, each for operators who may see what it counts."""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from apps.jobs.models import Job
from apps.operator.admin.pages import caller_of, counted, in_credits
from apps.operator.selectors import charts
from apps.operator.selectors.charts import Chart
from apps.operator.selectors.figures import Figures, count_differences, get_figures, get_open_debts

COLOURS: Final = ("#0d9488", "#d97706", "#64748b", "#9333ea")
COLOURS_OF_ERRORS: Final = ("#dc2626", "#d97706")
WORDS_OF_MESSAGE: Final = 20


def add_figures(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures to the page. Unfold's DASHBOARD_CALLBACK."""
    may = request.user.has_perm
    shown = context | {"charts": _charts(may), "cards": _money_cards(may)}
    if not may("jobs.view_job"):
        return shown
    figures = get_figures()
    return shown | {
        "cards": _cards(figures, may) + shown["cards"],
        "queues": _queues(figures),
        "failures": _failures(figures.last_failures, has_messages=request.user.is_superuser),
    }


def _charts(may: Any) -> list[dict[str, Any]]:
    found = []
    if may("operator.view_revenue"):
        found += _money_charts()
        found.append(_chart("Credits, 14 days", charts.revenue_chart(), kind="bar", unit="credits"))
    if may("operator.view_traffic"):
        found += [
            _chart("Completed jobs, 14 days", charts.usage_chart(), kind="bar", unit="jobs"),
            _chart("Failed jobs, 24 hours", charts.errors_chart(), kind="bar", unit="jobs", colours=COLOURS_OF_ERRORS),
            _chart("Seconds in the queue and computing, 24 hours", charts.latency_chart(), kind="line", unit="s"),
        ]
    return found


def _money_charts() -> list[dict[str, Any]]:
    """One chart per currency, since amounts of different currencies have no common scale."""
    found = charts.money_charts() or {"": Chart((), ())}
    return [
        _chart(
            f"Revenue in {currency.upper()}, 14 days, net of refunds" if currency else "Revenue, 14 days",
            chart,
            kind="bar",
            unit=currency.upper(),
        )
        for currency, chart in found.items()
    ]


def _chart(title: str, chart: Chart, *, kind: str, unit: str, colours: Sequence[str] = COLOURS) -> dict[str, Any]:
    """Data and options of Chart.js, and the sum or range in words for screen readers."""
    datasets = [
        {"label": one.name, "data": one.values, "backgroundColor": colour, "borderColor": colour, "borderWidth": 2 if kind == "line" else 0,
         "pointRadius": 1, "spanGaps": True, "maxBarThickness": 14}
        for one, colour in zip(chart.series, colours, strict=False)
    ]  # fmt: skip
    axis: dict[str, Any] = {"ticks": {"maxTicksLimit": 7}, "grid": {}}
    options = {
        "animation": False,
        "maintainAspectRatio": False,
        "plugins": {"legend": {"position": "bottom", "labels": {"boxWidth": 10, "boxHeight": 10}}},
        "scales": {
            "x": {**axis, "grid": {"display": False}},
            "y": {**axis, "beginAtZero": True, "ticks": {**axis["ticks"], **({"precision": 0} if unit == "jobs" else {})}},
        },
    }
    highest = {one.name: max((value for value in one.values if value is not None), default=0) for one in chart.series}
    words = "; ".join(f"{name}: at most {value:g} {unit}" for name, value in highest.items())
    return {
        "title": title,
        "kind": kind,
        "is_empty": chart.is_empty,
        "data": json.dumps({"labels": chart.points, "datasets": datasets}),
        "options": json.dumps(options),
        "words": f"{title}. {words}.",
    }


def _cards(figures: Figures, may: Any) -> list[dict[str, str]]:
    ended = figures.completed_lately + figures.failed_lately
    silent = f"{figures.silent_workers:,} silent" if figures.silent_workers else "none silent"
    failed = f"{figures.failed_lately / ended:.1%} of those that ended" if ended else "nothing ended"
    jobs = reverse("admin:jobs_job_changelist")
    cards = [
        ("", _card("Jobs in 24 hours", figures.jobs_lately, note=f"{counted(figures.characters_lately, 'character')} spoken", link=jobs)),
        ("", _card("Failed in 24 hours", figures.failed_lately, note=failed, link=f"{jobs}?state__exact=failed")),
        ("operator.view_live", _card("Workers alive", figures.live_workers, note=silent, link=reverse("admin:live"))),
        (
            "operator.view_live",
            _card("Parts waiting", figures.waiting_parts, note=f"{figures.parts_in_flight:,} in flight", link=reverse("admin:live")),
        ),
        (
            "billing.view_ledgerentry",
            _card(
                "Credits charged in 24 hours",
                in_credits(figures.charged_millicredits_lately),
                note=counted(figures.busy_accounts_lately, "account"),
                link=f"{reverse('admin:billing_ledgerentry_changelist')}?kind__exact=charge",
            ),
        ),
        (
            "accounts.view_account",
            _card(
                "New accounts in 24 hours",
                figures.new_accounts_lately,
                note=f"{counted(figures.anonymous_characters_today, 'character')} without a key today",
                link=reverse("admin:accounts_account_changelist"),
            ),
        ),
        ("cache.view_cacheentry", _cache_card(figures)),
    ]
    return [card for permission, card in cards if not permission or may(permission)]


def _money_cards(may: Any) -> list[dict[str, str]]:
    """Cards of finance: differences to Stripe, and credits that are owed."""
    cards = []
    if may("payments.view_difference"):
        found = reverse("admin:payments_difference_changelist")
        cards.append(_card("Differences to Stripe", count_differences(), note="open", link=f"{found}?resolved_at__isempty=1"))
    if may("payments.view_creditdebt"):
        debts = get_open_debts()
        page = reverse("admin:payments_creditdebt_changelist")
        note = f"by {counted(debts.accounts, 'account')}"
        cards.append(_card("Credits owed", in_credits(debts.millicredits), note=note, link=f"{page}?settled_at__isempty=1"))
    return cards


def _cache_card(figures: Figures) -> dict[str, str]:
    """Share of the jobs completed in 24 hours that the cache answered, and its size."""
    cache, completed = figures.cache, figures.completed_lately
    size = f"{counted(cache.entries, 'result')}, {cache.bytes / 1e6:,.0f} of {settings.TTSAI_CACHE_BYTES / 1e6:,.0f} MB"
    share = f"{figures.cached_lately / completed:.1%}" if completed else "none"
    return _card("From the cache in 24 hours", share, note=size, link=reverse("admin:cache_cacheentry_changelist"))


def _card(title: str, value: int | str, *, note: str, link: str) -> dict[str, str]:
    return {"title": title, "value": f"{value:,}" if isinstance(value, int) else value, "note": note, "link": link}


def _queues(figures: Figures) -> dict[str, Any]:
    rows = [[queue.queue, f"{queue.waiting_parts:,}", f"{queue.parts_in_flight:,}"] for queue in figures.queues]
    return {"headers": ["Queue", "Parts waiting", "In flight"], "rows": rows}


def _failures(jobs: tuple[Job, ...], *, has_messages: bool) -> dict[str, Any]:
    """Table of failed jobs. Messages may quote what a customer sent: roles read them on the page of the job, which is audited."""
    headers = ["Job", "When", "Owner", "Model", "Code"]
    return {
        "headers": [*headers, "Message"] if has_messages else headers,
        "rows": [
            [
                format_html('<a href="{}">{}…</a>', reverse("admin:jobs_job_change", args=[job.pk]), job.uuid.hex[:8]),
                f"{job.created_at:%Y-%m-%d %H:%M}",
                caller_of(job.tenant) if job.account is None else job.account.name,
                job.engine_id or "-",
                job.error_code,
                *([Truncator(job.error_message).words(WORDS_OF_MESSAGE, truncate="…")] if has_messages else []),
            ]
            for job in jobs
        ],
    }
