"""Filters that show numbers to people."""

from django import template

from apps.operator.wording import in_credits

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
    if value < 2 * 3600:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.0f} h" if value < 48 * 3600 else f"{value / 86400:.0f} days"


@register.filter(name="in_credits")
def credits_of(millicredits: int | None) -> str:
    """`1,234.568`."""
    return in_credits(millicredits)
