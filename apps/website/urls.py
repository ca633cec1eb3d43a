"""Routes of files at the root of the site."""

from django.urls import URLPattern, URLResolver, path

from apps.website.views import favicon

urlpatterns: list[URLPattern | URLResolver] = [path("favicon.ico/", favicon)]
