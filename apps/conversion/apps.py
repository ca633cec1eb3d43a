"""Django app configuration of conversion."""

from django.apps import AppConfig


class ConversionConfig(AppConfig):
    name = "apps.conversion"
    label = "conversion"
