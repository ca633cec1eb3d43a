"""The dialect's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.voice_slots.views import VoiceSlotListView, VoiceSlotView

urlpatterns: list[URLPattern | URLResolver] = [
    path("voice-clones/", VoiceSlotListView.as_view()),
    path("voice-clones/<str:slot_id>/", VoiceSlotView.as_view()),
]
