"""Root URL configuration: the API under both prefixes, downloads, documentation, the admin."""

from django.contrib import admin
from django.urls import include, path

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
        "listening",
        "subtitles",
        "translation",
        "conversations",
        "batches",
        "compat.openai",
    )
]

urlpatterns = [
    path("v1/", include(API)),
    path("api/v1/", include(API)),
    path("", include("apps.speech.download_urls")),
    path("", include("apps.core.page_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "apps.core.exception_handler.bad_request"
handler403 = "apps.core.exception_handler.permission_denied"
handler404 = "apps.core.exception_handler.not_found"
handler500 = "apps.core.exception_handler.server_error"
