"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.translation.views import SpeechTranslationView

urlpatterns: list[URLPattern | URLResolver] = [path("speech-translate/", SpeechTranslationView.as_view())]
