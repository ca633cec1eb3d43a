"""The dialect's HTTP routes, relative to `/v1/` and `/api/v1/`. The WebSocket route is in routes.py."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.realtime.views import BetaSessionView, BetaTranscriptionSessionView, ClientSecretView

urlpatterns: list[URLPattern | URLResolver] = [
    path("realtime/client_secrets/", ClientSecretView.as_view()),
    path("realtime/sessions/", BetaSessionView.as_view()),
    path("realtime/transcription_sessions/", BetaTranscriptionSessionView.as_view()),
]
