"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.openai.catalogue_views import AudioModelListView, AudioVoiceListView
from apps.compat.openai.transcription_views import OpenAITranscriptionView, OpenAITranslationView
from apps.compat.openai.views import OpenAISpeechView

urlpatterns: list[URLPattern | URLResolver] = [
    path("audio/models/", AudioModelListView.as_view()),
    path("audio/voices/", AudioVoiceListView.as_view()),
    path("audio/speech/", OpenAISpeechView.as_view()),
    path("audio/transcriptions/", OpenAITranscriptionView.as_view()),
    path("audio/translations/", OpenAITranslationView.as_view()),
]
