"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.speech.views import SpeechResultView, SpeechStreamView, SpeechView

urlpatterns: list[URLPattern | URLResolver] = [
    path("tts/", SpeechView.as_view()),
    path("tts/stream/", SpeechStreamView.as_view()),
    path("speech/results/", SpeechResultView.as_view()),
]
