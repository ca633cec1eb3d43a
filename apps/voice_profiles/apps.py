"""Django app configuration of voice profiles."""

from django.apps import AppConfig


class VoiceProfilesConfig(AppConfig):
    name = "apps.voice_profiles"
    label = "voice_profiles"
