"""POST /mcp: the Model Context Protocol over streamable HTTP, without sessions: any web process answers any request."""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.permissions import HasAccount
from apps.accounts.throttles import PollLimit
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import PermissionDeniedError
from apps.uploads.admission import admit_form
from ttsai.mcp_server.origins import is_trusted_origin

BODY_BYTES: Final = 16 * 1024 * 1024
"""Largest message: a recording of 12 MB in base64."""


def admit_message(request: HttpRequest, **_: str) -> int:
    """Admit a message of a client with a key. Returns the number of bytes of the body."""
    return min(BODY_BYTES, admit_form(request))


class McpView(APIView):
    """Answer one message of a client."""

    permission_classes = [HasAccount]
    parser_classes: list[type[BaseParser]] = []
    throttle_classes = [PollLimit]  # the requests that a tool makes count, as if the client had made them
    max_body_bytes = BODY_BYTES
    admit_body = staticmethod(admit_message)

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponseBase:
        """Answer with JSON, or with server-sent events if the call reports its progress. A client that disconnects cancels its call."""
        if not is_trusted_origin(request.META):
            raise PermissionDeniedError(
                "Pages of this origin may not connect. The operator allows them with TTSAI_CORS_ORIGINS.", code="origin_not_allowed"
            )
        body = request._request.read()  # noqa: SLF001 - limited by the shell, and not a form or JSON for REST framework to parse

        async def resolve(exchange: Exchange) -> ASGIApp:  # noqa: ARG001 - the message is answered by the SDK
            from ttsai.mcp_server.http import answer_message  # the SDK is loaded by its first user

            return answer_message(body, limit=BODY_BYTES)

        return Deferred(resolve)
