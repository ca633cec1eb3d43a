"""Filters that show numbers to people."""

from typing import Any

from django import template
from django.conf import settings
from django.db.models import Model
from django.utils.text import capfirst

from apps.operator.wording import in_credits
from workers.contract.time_units import DAY_SECONDS, HOUR_SECONDS

register = template.Library()


@register.filter
def seconds(value: float | None) -> str:
    """`0.42 s`, `12 s`, `3 min`, `5 h`, `2 days`."""
    if value is None:
        return ""
    if value < 10 and value != int(value):
        return f"{value:.2f} s"
    if value < 120:
        return f"{value:.0f} s"
    if value < 2 * HOUR_SECONDS:
        return f"{value / 60:.0f} min"
    return f"{value / HOUR_SECONDS:.0f} h" if value < 2 * DAY_SECONDS else f"{value / DAY_SECONDS:.0f} days"


@register.filter(name="in_credits")
def credits_of(millicredits: int | None) -> str:
    """`1,234.568`."""
    return in_credits(millicredits)


@register.filter
def trail(parts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Titles and links of the page's place: tables by their title in the menu, rows by their own names. The app, which the menu does not name, is left out."""
    groups = settings.UNFOLD["SIDEBAR"]["navigation"]
    titles = {str(item["link"]): item["title"] for group in groups for item in group["items"]}
    found = []
    for part in parts[1:] if len(parts) > 1 else parts:
        link, title = str(part.get("link", "")), part["title"]
        found.append((titles.get(link) or (str(title) if isinstance(title, Model) else capfirst(str(title))), link))
    return found
