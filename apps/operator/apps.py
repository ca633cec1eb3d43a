"""The Django app operator."""

from django.apps import AppConfig


class OperatorConfig(AppConfig):
    """The operator's admin."""

    name = "apps.operator"
    label = "operator"
