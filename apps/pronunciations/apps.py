"""The Django app pronunciations."""

from django.apps import AppConfig


class PronunciationsConfig(AppConfig):
    """An account's dictionary."""

    name = "apps.pronunciations"
    label = "pronunciations"
