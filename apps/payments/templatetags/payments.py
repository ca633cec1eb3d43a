"""Filters of amounts."""

from django import template

from apps.payments.money import format_money

register = template.Library()


@register.filter
def money(minor: int | None, currency: str) -> str:
    """An amount in the smallest unit of its currency: 900|money:"usd" is $9.00."""
    return "–" if minor is None else format_money(minor, currency)
