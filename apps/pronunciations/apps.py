"""Django app configuration of pronunciations."""

from django.apps import AppConfig


class PronunciationsConfig(AppConfig):
    name = "apps.pronunciations"
    label = "pronunciations"
