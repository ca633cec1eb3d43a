"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.website.views import docs

urlpatterns: list[URLPattern | URLResolver] = [path("docs/", docs, name="docs")]
