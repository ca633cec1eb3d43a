"""The Django app batches."""

from django.apps import AppConfig


class BatchesConfig(AppConfig):
    """Many texts in one request."""

    name = "apps.batches"
    label = "batches"
