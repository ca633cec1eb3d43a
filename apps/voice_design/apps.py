"""Django app configuration of voice_design."""

from django.apps import AppConfig


class VoiceDesignConfig(AppConfig):
    name = "apps.voice_design"
    label = "voice_design"
