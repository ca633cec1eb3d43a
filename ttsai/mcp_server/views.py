"""POST /mcp: the Model Context Protocol over streamable HTTP, without sessions: any web process answers any request."""

from functools import cache
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount
from apps.accounts.throttles import PollLimit
from apps.core.deferred import ASGIApp, Deferred, Exchange, Receive, Scope, Send
from apps.core.errors import PermissionDeniedError
from apps.core.fair_slots import FairSlots
from apps.core.parsing import check_count
from apps.uploads.admission import admit_form
from ttsai.mcp_server.origins import is_trusted_origin

BODY_BYTES: Final = 16 << 20
"""Largest message: a recording of 12 MB in base64."""
LARGE_BYTES: Final = 1 << 20
"""Size from which messages take turns: while it is answered, a message takes several times its bytes."""
LARGE_AT_ONCE: Final = 6
"""Large messages that a process answers at once; one account has half of them, and newcomers find two more places."""
WAITING_LARGE: Final = 4
"""Large messages of one account that may wait for their turn; further ones are refused."""


@cache
def large_messages() -> FairSlots:
    """Turns of this process's large messages."""
    return FairSlots(usual=LARGE_AT_ONCE, most=LARGE_AT_ONCE + 2, waiting_each=WAITING_LARGE)


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
        check_count(body)  # the SDK parses it on the event loop
        tenant = get_caller(request).tenant

        async def resolve(exchange: Exchange) -> ASGIApp:  # noqa: ARG001 - the message is answered by the SDK
            from ttsai.mcp_server.http import answer_message  # the SDK is loaded by its first user

            answer = answer_message(body, limit=BODY_BYTES)
            if len(body) <= LARGE_BYTES:
                return answer
            await large_messages().wait(tenant)
            return _in_turn(answer, tenant=tenant)

        return Deferred(resolve)


def _in_turn(answer: ASGIApp, *, tenant: str) -> ASGIApp:
    """The application; it gives the turn back that the message has waited for."""

    async def answer_and_release(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await answer(scope, receive, send)
        finally:
            large_messages().release(tenant)

    return answer_and_release
