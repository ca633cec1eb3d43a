"""The Django app catalog."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Workers, models and voices, as the workers announced them."""

    name = "apps.catalog"
    label = "catalog"
