"""The dialect's HTTP routes, at the root. The WebSocket route is in routes.py."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.stream_clone.views import CacheLoadView, CacheSaveView, CloneView, RemoveView, SpeakersView

urlpatterns: list[URLPattern | URLResolver] = [
    path("speakers/", SpeakersView.as_view()),
    path("clone/", CloneView.as_view()),
    path("remove/", RemoveView.as_view()),
    path("cache/save/", CacheSaveView.as_view()),
    path("cache/load/", CacheLoadView.as_view()),
]
