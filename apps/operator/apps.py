"""Django app configuration of operator."""

from django.apps import AppConfig

from apps.core.read_only_sessions import change_refused


class OperatorConfig(AppConfig):
    name = "apps.operator"
    label = "operator"

    def ready(self) -> None:
        """Record the changes that read-only visits are refused."""
        from apps.operator.impersonation import record_refused_change

        change_refused.connect(record_refused_change)
