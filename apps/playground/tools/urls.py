"""Routes of the tools' pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.playground.tools import TOOL_PAGES
from apps.playground.tools.views import tool_view

urlpatterns: list[URLPattern | URLResolver] = [path(f"{page.slug}/", tool_view(page), name=page.name) for page in TOOL_PAGES]
