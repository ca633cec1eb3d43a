"""Root URL configuration, with the zone of each route: the API under both prefixes and by session, other vendors' APIs, downloads, the
admin, the product's pages.

The zone of a path is that of the first entry that it begins with. The pages are included without a prefix: they claim only their own routes.
Paths below the prefix of a dialect are API whatever their entry; dialects may be included at the root too.
"""

from importlib import import_module
from itertools import chain

from django.contrib import admin
from django.urls import URLResolver, include, path

from apps.core import zones
from apps.core.dialects import Dialect, list_dialects
from apps.core.zones import in_zone
from ttsai.mcp_server.views import McpView

API = [
    path("", include(f"apps.{app}.urls"))
    for app in (
        "core",
        "accounts",
        "billing",
        "webhooks",
        "uploads",
        "pronunciations",
        "catalog",
        "jobs",
        "speech",
        "transcription",
        "subtitles",
        "voices",
        "voice_design",
        "translation",
        "audio_tools",
        "conversion",
        "conversations",
        "batches",
        "status",
    )
]

SITE = [
    path("", include(f"apps.{app}.urls"))
    for app in (
        "dashboard",
        "abuse_reports",
        "announcements",
        "playground",
        "account_pages",
        "payments",
        "documentation",
        "identity",
        "teams",
    )
]
SITE.append(path("", include("apps.status.page_urls")))
"""Pages of the product, each app's below `/`."""


def routes_of(dialect: Dialect) -> list[URLResolver]:
    """The dialect's URL configuration, included at each of its roots; the routes of shared paths at its home instead."""
    routes = import_module(dialect.urlconf).urlpatterns
    shared = [route for route in routes if str(route.pattern).startswith(dialect.shared_paths)]
    own = [route for route in routes if route not in shared]
    at_home = [path(dialect.home.removeprefix("/"), include(shared))] if shared else []
    return [*(path(root.removeprefix("/"), include(own)) for root in dialect.roots), *at_home]


urlpatterns = [
    in_zone(zones.API, path("v1/", include(API))),
    in_zone(zones.API, path("api/v1/", include(API))),
    in_zone(zones.WEB_API, path("web/v1/", include([*API, path("", include("apps.compat.openai.urls"))]))),
    in_zone(zones.API, path("mcp/", McpView.as_view())),
    in_zone(zones.EVENT, path("webhooks/", include("apps.payments.webhook_urls"))),
    in_zone(zones.EVENT, path("webhooks/", include("apps.status.webhook_urls"))),
    in_zone(zones.FILE, path("static/", include("apps.speech.download_urls"))),
    in_zone(zones.OPERATOR, path("admin/", admin.site.urls)),
    in_zone(zones.SITE, path("", include(SITE))),
    in_zone(zones.PAGE, path("", include("apps.documentation.plain_urls"))),
    in_zone(zones.PAGE, path("", include("apps.website.urls"))),
    *chain.from_iterable(routes_of(dialect) for dialect in list_dialects()),
]

handler400 = "apps.core.exception_handler.bad_request"
handler403 = "apps.core.exception_handler.permission_denied"
handler404 = "apps.core.exception_handler.not_found"
handler500 = "apps.core.exception_handler.server_error"
