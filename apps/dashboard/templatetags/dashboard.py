"""Tags of the dashboard's templates: moments and durations as people read them."""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def moment(at: datetime | None) -> SafeString:
    """A moment in UTC, which the page's script shows in the reader's own time."""
    if at is None:
        return SafeString("–")
    shown = at.astimezone(UTC)
    return format_html('<time datetime="{}" data-local>{} UTC</time>', shown.isoformat(timespec="seconds"), f"{shown:%-d %b %Y, %H:%M}")


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as a clock: 0:07, 12:30, 1:02:03; below a second, with its tenth."""
    if seconds is None:
        return ""
    if 0 < seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def elapsed(seconds: float | None) -> str:
    """Time between two steps: 0.4 s, 12 s, 3 min."""
    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
