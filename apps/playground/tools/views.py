"""Views of the tools' pages, one for each declaration."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.roles import Permission
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.core.links import public_base
from apps.playground.tools.binding import bind
from apps.playground.tools.declaration import ToolPage, Visitor
from apps.playground.tools.limits import StatedLimits, state_limits
from apps.playground.tools.visitors import find_visitor, seconds_left_today
from apps.website.navigation import TOOLS

View = Callable[..., HttpResponseBase]


def tool_view(page: ToolPage) -> View:
    @require_safe
    def show_tool(request: HttpRequest) -> HttpResponseBase:
        return render(request, page.template, _context(page, request))

    return show_tool


def _context(page: ToolPage, request: HttpRequest) -> dict[str, Any]:
    visitor = find_visitor(request, page)
    is_trial = visitor.caller is None and visitor.plan.slug == ANONYMOUS_PLAN
    limits = state_limits(page, visitor.plan)
    return {
        "page": page,
        "entry": next((entry for entry in TOOLS if entry.path == f"/{page.slug}/"), TOOLS[0]),
        "account": visitor.caller.account if visitor.caller else None,
        "is_trial": is_trial,
        "trial_minutes": f"{(visitor.plan.audio_seconds_per_day or 0) / 60:.3g}",
        "trial_seconds_left": seconds_left_today(request, visitor.plan) if is_trial else 0,
        "may_run": is_trial or _may_run(page, visitor),
        "obstacle": page.find_obstacle(visitor.plan),
        "forms": [bind(one, visitor) for one in page.requests],
        "limits": limits,
        "first_rate": _first_rate(limits),
        "minute_credits": limits.minute_millicredits / 1000,
        "retention_days": visitor.plan.retention_days,
        "example": f"playground/samples/{page.slug}.json" if page.has_example and visitor.caller is None and not is_trial else "",
        "samples": [{"title": one.title, "path": f"playground/samples/{one.name}.mp3"} for one in page.samples],
        "api_base": public_base(request),
        **page.details(visitor),
    }


def _may_run(page: ToolPage, visitor: Visitor) -> bool:
    caller = visitor.caller
    return caller is not None and caller.may(Permission.CHANGE) and caller.has_scope(page.scope)


def _first_rate(limits: StatedLimits) -> str:
    """Price in the line beside the button."""
    if not limits.rates:
        return ""
    rate = limits.rates[0]
    if not rate.millicredits:
        return "Free"
    return f"{rate.millicredits / 1000:g} credits for {rate.unit}"
