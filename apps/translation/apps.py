"""The Django app translation."""

from django.apps import AppConfig


class TranslationConfig(AppConfig):
    """Speech translation."""

    name = "apps.translation"
    label = "translation"
