"""The Django app uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Files that customers send, measured and kept until their jobs are done."""

    name = "apps.uploads"
    label = "uploads"
