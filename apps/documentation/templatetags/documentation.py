"""Filters of the documentation's templates."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from apps.documentation.contents import Page, Section
from apps.documentation.reference.operations import REFERENCE
from apps.documentation.reference.samples import Sample

register = template.Library()


@register.filter
def coded(text: str) -> SafeString:
    """Text whose parts between backticks are code, with line breaks between paragraphs."""
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text or "")))
    return mark_safe(shown.replace("\n\n", "<br><br>"))  # noqa: S308 - escaped above


@register.filter
def menu_title(page: Page) -> str:
    """Short title of a page for the menu: the part before a colon."""
    return page.title.partition(":")[0]


@register.filter
def holds(section: Section, path: str) -> bool:
    """True if the page at this path belongs to the section of the menu."""
    return any(page.path == path for page in section.pages) or (section.title == "API" and path.startswith(REFERENCE))


@register.filter
def example_text(sample: Sample, field: str) -> str:
    """Text of a form's field in the example; empty for files and for fields that the example leaves out."""
    if sample.body is None or field not in sample.body.example or sample.is_file(field):
        return ""
    return sample.plain(field)
