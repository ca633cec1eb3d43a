"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.audio_tools.tools import TOOLS
from apps.audio_tools.views import tool_view

urlpatterns: list[URLPattern | URLResolver] = [path(f"audio/{tool.path}/", tool_view(tool).as_view()) for tool in TOOLS]
