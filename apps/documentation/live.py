"""Tables of the running server in the documentation: prices, plans, models, limits. Each response shows today's rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from apps.accounts.models import Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.billing.models import ServicePrice, TierPrice
from apps.billing.prices import credits as credits_of
from apps.catalog.selectors import list_models
from apps.documentation.markdown import LIVE, LIVE_MARK
from apps.documentation.settings_reference import variables
from apps.website.service_titles import service_title
from apps.website.words import format_bytes


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text below headings."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = "Nothing yet."
    note: str = ""
    """Sentences below the table."""


def plans() -> Table:
    """Limits of each plan; those that few plans have are in the note."""
    all_plans = list(Plan.objects.order_by("requests_per_minute", "slug"))
    return Table(
        (
            "Plan",
            "Requests a minute",
            "Jobs at once",
            "Characters a text",
            "Own voices",
            "Recordings a voice",
            "Results kept",
        ),
        [
            (
                _plan_name(plan),
                f"{plan.requests_per_minute:,}",
                f"{plan.concurrent_jobs:,}",
                f"{plan.max_characters:,}",
                f"{plan.max_voices:,}",
                f"{plan.max_samples:,}",
                _counted(plan.retention_days, "day"),
            )
            for plan in all_plans
        ],
        note=f"{_daily_note(all_plans)} {_file_note(all_plans)} {_tools_note(all_plans)}".strip(),
    )


def _plan_name(plan: Plan) -> str:
    return "without a key" if plan.slug == ANONYMOUS_PLAN else plan.name


def _daily_note(all_plans: Sequence[Plan]) -> str:
    limited = [f"{_plan_name(plan)} {plan.characters_per_day:,}" for plan in all_plans if plan.characters_per_day is not None]
    return f"Characters that an address may send in a day: {', '.join(limited)}." if limited else ""


def _tools_note(all_plans: Sequence[Plan]) -> str:
    """Tools of the site that work without an account, with what a day allows."""
    plan = next((plan for plan in all_plans if plan.slug == ANONYMOUS_PLAN and plan.anonymous_services), None)
    if plan is None:
        return ""
    services = ", ".join(service_title(name).title for name in plan.anonymous_services)
    daily = "" if plan.audio_seconds_per_day is None else f" {plan.audio_seconds_per_day:,} seconds of recordings a day from an address"
    return f"Without an account the pages of the site take{daily or ' recordings'} for: {services}."


def _file_note(all_plans: Sequence[Plan]) -> str:
    limited = [f"{_plan_name(plan)} {format_bytes(plan.max_upload_bytes)}" for plan in all_plans if plan.max_upload_bytes is not None]
    rest = " Other plans send files as large as the endpoint takes."
    return f"Largest file: {', '.join(limited)}.{rest}" if limited else "Files may be as large as the endpoint takes."


def server_limits() -> Table:
    """Limits of the server's settings."""
    return Table(
        ("Limit", "Value"),
        [
            ("Longest recording", _counted(settings.TTSAI_UPLOAD_AUDIO_SECONDS / 3600, "hour")),
            ("Largest upload (`POST /v1/uploads/`)", format_bytes(settings.TTSAI_UPLOAD_BYTES)),
            ("All uploads of an account together", format_bytes(settings.TTSAI_UPLOAD_QUOTA_BYTES)),
            ("An upload is kept after its last use for", _counted(settings.TTSAI_UPLOAD_KEPT_SECONDS / 3600, "hour")),
            ("Largest JSON body", format_bytes(settings.TTSAI_JSON_BODY_BYTES)),
            ("Largest body of a long text or book", format_bytes(settings.TTSAI_TEXT_BODY_BYTES)),
            ("Characters of all texts of a batch", f"{settings.TTSAI_BATCH_CHARACTERS:,}"),
            ("Longest wait for speech, then 504", _counted(settings.TTSAI_SPEECH_WAIT_SECONDS, "second")),
            ("Longest wait with a recording, then 504", _counted(settings.TTSAI_UPLOAD_WAIT_SECONDS, "second")),
            ("Polls and downloads of an address a minute", f"{settings.TTSAI_POLLS_PER_MINUTE:,}"),
            ("Invalid keys of an address a minute", f"{settings.TTSAI_FAILED_KEYS_PER_MINUTE:,}"),
            ("Longest time of a job in the queue", _counted(settings.TTSAI_JOB_QUEUE_SECONDS / 3600, "hour")),
            ("Embeds (voices without a name) of an account", f"{settings.TTSAI_KEPT_EMBEDS:,}"),
        ],
    )


def speech_prices() -> Table:
    """Price of 1,000 characters by tier, and the installed models of the tier."""
    models = list_models()
    return Table(
        ("Tier", "Credits for 1,000 characters", "Models"),
        [
            (
                price.tier,
                f"{credits_of(price.millicredits_per_1k_characters)}",
                ", ".join(f"`{model.id}`" for model in models if model.kind == "tts" and model.tier == price.tier) or "none installed",
            )
            for price in TierPrice.objects.order_by("millicredits_per_1k_characters")
        ],
        empty="The operator has not set prices yet.",
    )


def service_prices() -> Table:
    """Prices of all other services."""
    return Table(
        ("Service", "Credits", "For each"),
        [
            (
                service_title(price.service).title,
                f"{credits_of(price.millicredits)}" if price.millicredits else "free",
                price.get_unit_display(),
            )
            for price in ServicePrice.objects.order_by("service")
        ],
        empty="The operator has not set prices yet.",
    )


def models() -> Table:
    """Installed models."""
    kinds = {"tts": "text to speech", "stt": "speech to text", "voice-convert": "voice conversion"}
    return Table(
        ("Model", "Kind", "Languages"),
        [
            (
                f"`{model.id}`",
                kinds.get(model.kind, model.kind),
                ", ".join(model.spec.languages[:12]) + (" …" if len(model.spec.languages) > 12 else ""),
            )
            for model in list_models()
        ],
        empty="No worker has announced a model yet.",
    )


def settings_variables() -> Table:
    """Every environment variable that the platform's settings read."""
    return Table(
        ("Variable", "Default", "Meaning"),
        [(f"`{one.name}`", f"`{one.default}`" if one.default else "none", one.description) for one in variables()],
    )


TABLES: Final[dict[str, Callable[[], Table]]] = {
    "plans": plans,
    "server-limits": server_limits,
    "speech-prices": speech_prices,
    "service-prices": service_prices,
    "models": models,
    "settings": settings_variables,
}


def fill_html(html: str) -> str:
    """The page with its live tables."""
    for name, table in TABLES.items():
        mark = LIVE_MARK.format(name=name)
        if mark in html:
            html = html.replace(mark, render_to_string("documentation/table.html", {"table": table()}))
    return html


def fill_markdown(text: str) -> str:
    """The document with its live tables."""
    for name, table in TABLES.items():
        begin = f"```{LIVE} {name}\n"
        if begin in text:
            before, _, rest = text.partition(begin)
            text = f"{before}{_as_markdown(table())}{rest.partition('```')[2].lstrip(chr(10))}"
    return text


def _as_markdown(table: Table) -> str:
    rows = [table.headings, ["---"] * len(table.headings), *table.rows]
    if not table.rows:
        return f"{table.empty}\n"
    return "".join(f"| {' | '.join(row)} |\n" for row in rows) + (f"\n{table.note}\n" if table.note else "")


def _counted(count: float, unit: str) -> str:
    return f"{count:g} {unit}" + ("" if count == 1 else "s")
