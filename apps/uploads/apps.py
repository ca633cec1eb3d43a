"""Django app configuration of uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Files that customers upload, measured and kept until their jobs have ended."""

    name = "apps.uploads"
    label = "uploads"
