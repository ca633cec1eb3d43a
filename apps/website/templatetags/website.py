"""Tags of the product's templates."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.billing.prices import format_credits

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of `website/icons.svg`: decoration, or an image with a label for screen readers."""
    address = f"{static('website/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.simple_tag(takes_context=True)
def current(context: Any, path: str) -> SafeString:
    """The attribute aria-current of a link whose page, or a page below it, is being shown."""
    shown = context["request"].path
    is_below = path not in ("/", "/dashboard/") and shown.startswith(path)
    return SafeString(' aria-current="page"' if shown == path or is_below else "")


@register.filter
def credits(millicredits: int | None) -> str:  # noqa: A001 - the name in templates
    """Thousandths of a credit as credits: 12,345 is "12.345", 12,000 is "12"."""
    return "–" if millicredits is None else format_credits(millicredits)


@register.filter
def number(value: float) -> str:
    """A number for people: 12,345 or 0.25."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")
