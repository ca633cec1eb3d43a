"""Routes of downloads, relative to `/static/`."""

from django.urls import URLPattern, URLResolver, re_path

from apps.speech.downloads import DownloadView

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^downloads/(?P<uuid>[^/]+)/(?P<name>[^/]+)/?$", DownloadView.as_view()),
]
