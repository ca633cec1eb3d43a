"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, include, path

from apps.playground.views.share import share
from apps.playground.views.speak import allowance, recent, speak
from apps.playground.views.voices import favourite, library, voices

urlpatterns: list[URLPattern | URLResolver] = [
    path("", speak, name="speak"),
    path("", include("apps.playground.tools.urls")),
    path("voice-library/", library, name="voice_library"),
    path("share/<str:uuid>/", share, name="share"),
    path("playground/allowance/", allowance),
    path("playground/recent/", recent),
    path("playground/voices/", voices),
    path("playground/favourites/", favourite),
]
