"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.speech.views import SpeechResultView, SpeechView

urlpatterns: list[URLPattern | URLResolver] = [
    path("tts/", SpeechView.as_view()),
    path("speech/results/", SpeechResultView.as_view()),
]
