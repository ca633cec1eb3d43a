"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.status.views import StatusView

urlpatterns: list[URLPattern | URLResolver] = [path("status/", StatusView.as_view())]
