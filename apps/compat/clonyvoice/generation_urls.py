"""Speech, chunks of text, designed voices and projects, relative to `/api/`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
