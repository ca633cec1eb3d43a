"""Voices, categories, favourites, cloning, recordings, keys and the system, relative to `/api/`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
