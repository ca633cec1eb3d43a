"""Write operations: endpoints, outbox, sending."""

from apps.webhooks.services.disabling import switch_off
from apps.webhooks.services.endpoints import change_endpoint, create_endpoint, rotate_secret, signing_secret
from apps.webhooks.services.outbox import record_callback, record_event, replay_delivery, send_test

__all__ = [
    "change_endpoint",
    "create_endpoint",
    "record_callback",
    "record_event",
    "replay_delivery",
    "rotate_secret",
    "send_test",
    "signing_secret",
    "switch_off",
]
