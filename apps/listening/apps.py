"""The Django app listening."""

from django.apps import AppConfig


class ListeningConfig(AppConfig):
    """Speech to text."""

    name = "apps.listening"
    label = "listening"
