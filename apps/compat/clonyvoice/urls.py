"""Routes of ClonyVoice's API, relative to `/api/`."""

from django.urls import URLPattern, URLResolver

from apps.compat.clonyvoice import generation_urls, library_urls

urlpatterns: list[URLPattern | URLResolver] = [*library_urls.urlpatterns, *generation_urls.urlpatterns]
