"""Voices, categories, favourites, cloning, recordings, keys and the system, relative to `/api/`."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.clonyvoice.archive_views import ClonyVoiceExportView, ImportPreviewView, ImportView
from apps.compat.clonyvoice.clone_views import CloneCreateMultiView, CloneCreateView
from apps.compat.clonyvoice.key_views import ClonyKeyListView
from apps.compat.clonyvoice.recording_views import AudioDurationView, ClonyTranscriptionView
from apps.compat.clonyvoice.system_views import SystemInfoView, SystemStatsView
from apps.compat.clonyvoice.voice_views import (
    CategoryListView,
    CategoryView,
    ClonyVoiceListView,
    ClonyVoiceView,
    FavouriteListView,
    FavouriteView,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api-keys/", ClonyKeyListView.as_view()),
    path("audio-duration/", AudioDurationView.as_view()),
    path("categories/", CategoryListView.as_view()),
    path("categories/<str:category>/", CategoryView.as_view()),
    path("clone/create/", CloneCreateView.as_view()),
    path("clone/create-multi/", CloneCreateMultiView.as_view()),
    path("favorites/", FavouriteListView.as_view()),
    path("favorites/<str:voice_id>/", FavouriteView.as_view()),
    path("system/info/", SystemInfoView.as_view()),
    path("system/stats/", SystemStatsView.as_view()),
    path("transcribe/", ClonyTranscriptionView.as_view()),
    path("voices/", ClonyVoiceListView.as_view()),
    path("voices/export/", ClonyVoiceExportView.as_view()),
    path("voices/import/", ImportView.as_view()),
    path("voices/import/preview/", ImportPreviewView.as_view()),
    path("voices/<str:voice_id>/", ClonyVoiceView.as_view()),
]
