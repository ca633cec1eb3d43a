"""Outbound HTTP to URLs that clients give: webhooks, audio to fetch."""

from apps.core.outbound.client import OutboundError, OutboundResponse, fetch, send
from apps.core.outbound.policy import AddressRefusedError, check_url

__all__ = ["AddressRefusedError", "OutboundError", "OutboundResponse", "check_url", "fetch", "send"]
