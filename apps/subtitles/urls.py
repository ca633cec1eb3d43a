"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.subtitles.views import SubtitlesView

urlpatterns: list[URLPattern | URLResolver] = [path("speech/subtitles/", SubtitlesView.as_view())]
