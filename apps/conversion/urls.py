"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.conversion.views import SpeechToSpeechView, VoiceConversionView

urlpatterns: list[URLPattern | URLResolver] = [
    path("voice-convert/", VoiceConversionView.as_view()),
    path("speech-to-speech/", SpeechToSpeechView.as_view()),
]
