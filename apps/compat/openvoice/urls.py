"""The dialect's routes, relative to `/api/`."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.openvoice.views import CloneView, HealthView, InfoView

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", HealthView.as_view()),
    path("info/", InfoView.as_view()),
    path("clone/", CloneView.as_view()),
]
