"""The Django app speech."""

from django.apps import AppConfig


class SpeechConfig(AppConfig):
    """Text to speech."""

    name = "apps.speech"
    label = "speech"
