"""Routes of pages for people, below `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.core.views import docs, home

urlpatterns: list[URLPattern | URLResolver] = [path("", home), path("docs/", docs)]
