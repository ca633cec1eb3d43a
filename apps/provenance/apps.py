"""Django app configuration of provenance."""

from django.apps import AppConfig
from django.core.checks import register


class ProvenanceConfig(AppConfig):
    name = "apps.provenance"
    label = "provenance"

    def ready(self) -> None:
        """Check the settings whenever the platform starts."""
        from apps.provenance.checks import check_settings

        register(check_settings)
