"""Django app configuration of voice_slots."""

from django.apps import AppConfig


class VoiceSlotsConfig(AppConfig):
    name = "apps.voice_slots"
    label = "voice_slots"
