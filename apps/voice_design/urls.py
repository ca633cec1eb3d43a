"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.voice_design.views import DesignedVoiceView, VoiceDesignView

urlpatterns: list[URLPattern | URLResolver] = [
    path("voice-design/", VoiceDesignView.as_view()),
    path("voice-design/create/", DesignedVoiceView.as_view()),
]
