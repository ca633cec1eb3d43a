"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.pronunciations.views import PronunciationsView

urlpatterns: list[URLPattern | URLResolver] = [path("pronunciations/", PronunciationsView.as_view())]
