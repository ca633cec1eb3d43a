"""The Django app dashboard."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The operator's admin."""

    name = "apps.dashboard"
    label = "dashboard"
