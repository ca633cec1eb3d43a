"""The Django app webhooks."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Signed notices to customers' programs."""

    name = "apps.webhooks"
    label = "webhooks"
