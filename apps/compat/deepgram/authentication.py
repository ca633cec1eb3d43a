"""Authentication of connections: a key in a header, or behind its scheme in the subprotocol of a browser: `token, <key>`."""

from typing import Final

from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.authentication import KeyAuthentication
from apps.accounts.callers import Caller, CallerUser

SUBPROTOCOLS: Final = ("token", "bearer")


class ConnectionAuthentication(KeyAuthentication):
    """Takes keys in the header Sec-WebSocket-Protocol too: browsers cannot send any other header."""

    def authenticate(self, request: Request) -> tuple[CallerUser, Caller]:
        http_request: HttpRequest = request._request  # noqa: SLF001 - DRF has no other name for it
        offered = [name.strip() for name in http_request.META.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "").split(",")]
        if len(offered) > 1 and offered[0].casefold() in SUBPROTOCOLS and "HTTP_AUTHORIZATION" not in http_request.META:
            http_request.META["HTTP_AUTHORIZATION"] = f"{offered[0]} {offered[1]}"
        return super().authenticate(request)
