"""The Django app audio_tools."""

from django.apps import AppConfig


class AudioToolsConfig(AppConfig):
    name = "apps.audio_tools"
    label = "audio_tools"
