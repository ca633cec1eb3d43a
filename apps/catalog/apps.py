"""The Django app catalog."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What the workers announced: workers, models, voices."""

    name = "apps.catalog"
    label = "catalog"
