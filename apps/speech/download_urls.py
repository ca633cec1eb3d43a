"""Routes of files, at the top."""

from django.urls import URLPattern, URLResolver, re_path

from apps.speech.downloads import DownloadView

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^static/downloads/(?P<uuid>[^/]+)/(?P<name>[^/]+)/?$", DownloadView.as_view()),
]
