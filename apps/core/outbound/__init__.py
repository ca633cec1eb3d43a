"""Outbound HTTP to URLs that clients give: webhooks, audio to fetch."""

from apps.core.outbound.client import Fetched, OutboundError, fetch_to_file, send
from apps.core.outbound.policy import AddressRefusedError, check_url

__all__ = ["AddressRefusedError", "Fetched", "OutboundError", "check_url", "fetch_to_file", "send"]
