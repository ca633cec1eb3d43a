"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.status.views import status_feed, status_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("status/", status_page, name="status"),
    path("status/feed/", status_feed, name="status_feed"),
]
