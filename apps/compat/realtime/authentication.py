"""Authentication of connections: an API key in a header, or a client secret in a header or in the browser's subprotocol."""

from typing import Final

from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.authentication import KeyAuthentication, check_active, count_failure
from apps.accounts.callers import Caller, CallerUser, caller_of_key
from apps.accounts.models import ApiKey
from apps.compat.realtime.client_secrets import SECRET_START, find_secret
from apps.compat.realtime.handshake import offered_subprotocols
from apps.core.addresses import client_address
from apps.core.dialects import dialect_of
from apps.core.errors import AuthenticationFailedError
from apps.core.links import find_public_base

SUBPROTOCOL: Final = "openai-insecure-api-key."


class ConnectionAuthentication(KeyAuthentication):
    """Takes client secrets beside API keys. A secret in a subprotocol must be a client secret: pages never need an API key."""

    def authenticate(self, request: Request) -> tuple[CallerUser, Caller]:
        http_request: HttpRequest = request._request  # noqa: SLF001 - DRF has no other name for it
        secret = find_offered_secret(http_request)
        if secret is None:
            return super().authenticate(request)
        address = client_address(http_request)
        key = _key_of(http_request, secret=secret)
        if key is None:
            count_failure(http_request, address=address)
            raise AuthenticationFailedError(
                "The client secret is wrong or has expired. Create one with POST /v1/realtime/client_secrets; API keys are sent in the "
                "header Authorization, never in a subprotocol.",
                code="invalid_client_secret",
            )
        check_active(key.account)
        caller = caller_of_key(key, address=address, public_base=find_public_base(http_request))
        http_request.caller = caller  # type: ignore[attr-defined]  # for RequestMiddleware, which shows the limits
        return CallerUser(caller), caller


def find_offered_secret(request: HttpRequest) -> str | None:
    """The client secret that a handshake presents; None without one."""
    for name in offered_subprotocols(request):
        if name.startswith(SUBPROTOCOL):
            return name.removeprefix(SUBPROTOCOL)
    secret = dialect_of(request.path).find_secret(request.META)
    return secret if secret is not None and secret.startswith(SECRET_START) else None


def _key_of(request: HttpRequest, *, secret: str) -> ApiKey | None:
    """The live key that created the secret, whose session becomes the handshake's."""
    stored = find_secret(secret)
    if stored is None:
        return None
    key = ApiKey.objects.select_related("account__plan").filter(pk=stored.key_id).first()
    request.realtime_session = stored.session  # type: ignore[attr-defined]  # read by apps/compat/realtime/handshake.py
    return key if key is not None and key.is_live else None
