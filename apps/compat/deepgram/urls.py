"""The app's routes, relative to `/v1/` and `/api/v1/`. Their WebSockets have the same paths (routes.py)."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.deepgram.listening_views import ListenView
from apps.compat.deepgram.speaking_views import SpeakView

urlpatterns: list[URLPattern | URLResolver] = [
    path("listen/", ListenView.as_view()),
    path("speak/", SpeakView.as_view()),
]
