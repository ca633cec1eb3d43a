"""Tags of the product's templates."""

from datetime import UTC, date, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.billing.prices import format_credits
from apps.website.forms import error_texts
from apps.website.words import as_day, format_bytes, format_day, format_number, state_label

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


@register.simple_tag
def moment(at: datetime | str | None) -> SafeString:
    """A moment in UTC, which the page's script shows in the reader's own time. A text is ISO 8601."""
    if not at:
        return SafeString("–")
    shown = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(UTC)
    return format_html('<time datetime="{}" data-local>{} UTC</time>', shown.isoformat(timespec="seconds"), f"{shown:%-d %b %Y, %H:%M}")


@register.simple_tag
def day(on: date | datetime | str | None) -> SafeString:
    """A day; of a moment, the one in UTC."""
    return format_html('<time datetime="{}">{}</time>', as_day(on).isoformat(), format_day(on)) if on else SafeString("–")


@register.filter
def credits(millicredits: int | None) -> str:  # noqa: A001 - the name in templates
    """Thousandths of a credit as credits: 12,345 is "12.345", 12,000 is "12"."""
    return "–" if millicredits is None else format_credits(millicredits)


register.filter("error_texts", error_texts)
register.filter("day_text", format_day)
register.filter("number", format_number)
register.filter("bytes", format_bytes)
register.filter("state", state_label)
