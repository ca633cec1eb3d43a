"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.transcription.views import TranscriptionView

urlpatterns: list[URLPattern | URLResolver] = [path("stt/", TranscriptionView.as_view())]
