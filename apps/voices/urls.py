"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.voices.clone_views import SpeechCloneView, VoiceCloneView, VoiceEmbedView
from apps.voices.sample_views import VoiceSampleListView, VoiceSampleView
from apps.voices.views import VoiceConsentView, VoiceExportView, VoiceListView, VoicePreviewView, VoiceView

urlpatterns: list[URLPattern | URLResolver] = [
    path("voices/", VoiceListView.as_view()),
    path("voices/<str:voice_id>/", VoiceView.as_view()),
    path("voices/<str:voice_id>/preview/", VoicePreviewView.as_view()),
    path("voices/<str:voice_id>/export/", VoiceExportView.as_view()),
    path("voices/<str:voice_id>/consent/", VoiceConsentView.as_view()),
    path("voices/<str:voice_id>/samples/", VoiceSampleListView.as_view()),
    path("voices/<str:voice_id>/samples/<str:sample_id>/", VoiceSampleView.as_view()),
    path("voice-embed/", VoiceEmbedView.as_view()),
    path("voice-clone/", VoiceCloneView.as_view()),
    path("tts/clone/", SpeechCloneView.as_view()),
]
