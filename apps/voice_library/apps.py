"""Django app configuration of the voice library."""

from django.apps import AppConfig


class VoiceLibraryConfig(AppConfig):
    name = "apps.voice_library"
    label = "voice_library"
