"""Tags of the playground's templates."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.playground.imported_modules import imported_modules

register = template.Library()


@register.simple_tag
def page_module(script: str) -> SafeString:
    """A page's module, with preloads of all modules that it imports: they come at once, and not one round trip after the other."""
    preloads = format_html_join("", '<link rel="modulepreload" href="{}">', ((static(name),) for name in imported_modules(script)))
    return format_html('{}<script type="module" src="{}"></script>', preloads, static(script))
