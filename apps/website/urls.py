"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.website.views import docs, home

urlpatterns: list[URLPattern | URLResolver] = [path("", home, name="home"), path("docs/", docs, name="docs")]
