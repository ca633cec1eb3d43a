"""Django app configuration of voices."""

from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "apps.voices"
    label = "voices"
