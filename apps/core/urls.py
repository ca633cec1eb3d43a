"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.core.views import IndexView, SchemaView

urlpatterns: list[URLPattern | URLResolver] = [path("", IndexView.as_view()), path("schema/", SchemaView.as_view())]
