"""Asynchronous client of the platform's own API, for programs that speak another protocol: MCP and Wyoming."""

from ttsai.api_client.client import ApiClient
from ttsai.api_client.errors import ApiError

__all__ = ["ApiClient", "ApiError"]
