"""Start page of the admin: figures as cards and tables."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from apps.jobs.models import Job
from apps.operator.admin.pages import in_credits
from apps.operator.selectors import Figures, get_figures


def add_figures(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures to the page; only for staff who may see jobs. Unfold's DASHBOARD_CALLBACK."""
    if not request.user.has_perm("jobs.view_job"):
        return context
    figures = get_figures()
    return context | {"cards": _cards(figures), "queues": _queues(figures), "failures": _failures(figures.last_failures)}


def _cards(figures: Figures) -> list[dict[str, str]]:
    ended = figures.completed_lately + figures.failed_lately
    silent = f"{figures.silent_workers} silent" if figures.silent_workers else "none silent"
    failed = f"{figures.failed_lately / ended:.1%} of those that ended" if ended else "nothing ended"
    jobs = reverse("admin:jobs_job_changelist")
    return [
        _card("Workers alive", figures.live_workers, note=silent, link=reverse("admin:catalog_worker_changelist")),
        _card(
            "Parts waiting", figures.waiting_parts, note=f"{figures.parts_in_flight} in flight", link=reverse("admin:jobs_part_changelist")
        ),
        _card("Jobs in 24 hours", figures.jobs_lately, note=f"{figures.characters_lately:,} characters spoken", link=jobs),
        _card("Failed in 24 hours", figures.failed_lately, note=failed, link=f"{jobs}?state__exact=failed"),
        _card(
            "Credits charged in 24 hours",
            in_credits(figures.charged_millicredits_lately),
            note=f"{figures.busy_accounts_lately} accounts",
            link=f"{reverse('admin:billing_ledgerentry_changelist')}?kind__exact=charge",
        ),
        _card(
            "New accounts in 24 hours",
            figures.new_accounts_lately,
            note=f"{figures.anonymous_characters_today:,} characters without a key today",
            link=reverse("admin:accounts_account_changelist"),
        ),
        _cache_card(figures),
    ]


def _cache_card(figures: Figures) -> dict[str, str]:
    """Share of the jobs completed in 24 hours that the cache answered, and its size."""
    cache, completed = figures.cache, figures.completed_lately
    size = f"{cache.entries:,} results, {cache.bytes / 1e6:,.0f} of {settings.TTSAI_CACHE_BYTES / 1e6:,.0f} MB"
    share = f"{figures.cached_lately / completed:.1%}" if completed else "none"
    return _card("From the cache in 24 hours", share, note=size, link=reverse("admin:cache_cacheentry_changelist"))


def _card(title: str, value: int | str, *, note: str, link: str) -> dict[str, str]:
    return {"title": title, "value": f"{value:,}" if isinstance(value, int) else value, "note": note, "link": link}


def _queues(figures: Figures) -> dict[str, Any]:
    rows = [[queue.queue, f"{queue.waiting_parts:,}", f"{queue.parts_in_flight:,}"] for queue in figures.queues]
    return {"headers": ["Queue", "Parts waiting", "In flight"], "rows": rows}


def _failures(jobs: tuple[Job, ...]) -> dict[str, Any]:
    return {
        "headers": ["Job", "When", "Whose", "Model", "Code", "Message"],
        "rows": [
            [
                format_html('<a href="{}">{}…</a>', reverse("admin:jobs_job_change", args=[job.pk]), job.uuid.hex[:8]),
                f"{job.created_at:%Y-%m-%d %H:%M}",
                job.tenant if job.account is None else job.account.name,
                job.engine_id,
                job.error_code,
                job.error_message[:120],
            ]
            for job in jobs
        ],
    }
