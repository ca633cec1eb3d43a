"""Views that create client secrets, with which a browser opens a session without an API key."""

import time
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount
from apps.compat.realtime import serializers as shapes
from apps.compat.realtime.client_secrets import BETA_SECONDS, ClientSecret, create_secret
from apps.compat.realtime.configuration import SessionConfig, SessionKind
from apps.compat.realtime.configuration_shapes import session_shape
from apps.compat.realtime.errors import new_id
from apps.compat.realtime.handshake import read_opening, scope_of_kind
from apps.compat.realtime.jobs import check_models
from apps.compat.realtime.session import SESSION_SECONDS
from apps.core.caching import NO_STORE
from apps.core.errors import InvalidRequestError, PermissionDeniedError
from apps.core.fields import validated

CLIENT_SECRET, EXPIRY = shapes.ClientSecretRequestSerializer(), shapes.ExpirySerializer()
MOST_BODY_BYTES = 131_072


class SessionScope(BasePermission):
    """Permission for keys with the scope of the session that the body asks for."""

    def __init__(self, view: "SecretView") -> None:
        self._view = view

    @property
    def declared_scope(self) -> str:
        """Scope, which the request is counted for."""
        return scope_of_kind(self._view.session_kind)

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        get_caller(request).needs_scope(self.declared_scope)
        return True


class SecretView(APIView):
    """Base of the views."""

    max_body_bytes = MOST_BODY_BYTES
    kind = SessionKind.REALTIME

    @property
    def session_kind(self) -> SessionKind:
        """Type of the session that the body asks for."""
        return self.kind

    def get_permissions(self) -> Any:
        return [HasAccount(), SessionScope(self)]

    def create(self, caller: Caller, *, session: dict[str, Any], kind: SessionKind, seconds: int) -> tuple[ClientSecret, SessionConfig]:
        """Check the session, then create a secret for it."""
        config = read_opening(session, kind=kind)
        check_models(caller, config)
        if caller.key is None:
            raise PermissionDeniedError("Client secrets are created with an API key.")
        return create_secret(caller.key, session={**session, "type": str(config.kind)}, seconds=seconds), config


class ClientSecretView(SecretView):
    """Client secret of a session."""

    @property
    def session_kind(self) -> SessionKind:
        session = self.request.data.get("session") if isinstance(self.request.data, dict) else None
        is_transcription = isinstance(session, dict) and session.get("type") == SessionKind.TRANSCRIPTION
        return SessionKind.TRANSCRIPTION if is_transcription else SessionKind.REALTIME

    @extend_schema(
        operation_id="realtime_client_secret",
        tags=["realtime"],
        summary="A secret with which a browser opens a realtime session",
        request=shapes.ClientSecretRequestSerializer,
        responses=shapes.ClientSecretSerializer,
    )
    def post(self, request: Request) -> Response:
        """OpenAI's endpoint. The secret opens sessions of this key's account at /v1/realtime and nothing else; it may be used more than once
        until it expires.
        """
        body = validated(CLIENT_SECRET, request.data)
        seconds = body.get("expires_after", {}).get("seconds", 600)
        secret, config = self.create(get_caller(request), session=body["session"], kind=self.session_kind, seconds=seconds)
        shape = _session(config, is_beta=False)
        return Response({"value": secret.value, "expires_at": secret.expires_at, "session": shape}, headers=NO_STORE)


class BetaSessionView(SecretView):
    """Beta session with its secret."""

    @extend_schema(
        operation_id="realtime_session",
        tags=["realtime"],
        summary="A beta session with its client secret",
        request=shapes.BetaSessionRequestSerializer,
        responses=shapes.BetaSessionSerializer,
    )
    def post(self, request: Request) -> Response:
        """OpenAI's beta endpoint. The parameters are those of the event session.update."""
        return self.answer(request)

    def answer(self, request: Request) -> Response:
        """Session with the key `client_secret`."""
        if not isinstance(request.data, dict):
            raise InvalidRequestError("The body must be a JSON object.", code="invalid_body")
        session = {name: value for name, value in request.data.items() if name not in {"client_secret", "type"}}
        asked = request.data.get("client_secret")
        expiry = asked.get("expires_after") if isinstance(asked, dict) else None
        seconds = validated(EXPIRY, expiry)["seconds"] if expiry is not None else BETA_SECONDS
        secret, config = self.create(get_caller(request), session=session, kind=self.kind, seconds=seconds)
        shown = {"client_secret": {"value": secret.value, "expires_at": secret.expires_at}}
        return Response(_session(config, is_beta=True) | shown, headers=NO_STORE)


class BetaTranscriptionSessionView(BetaSessionView):
    """Beta transcription session with its secret."""

    kind = SessionKind.TRANSCRIPTION

    @extend_schema(
        operation_id="realtime_transcription_session",
        tags=["realtime"],
        summary="A beta transcription session with its client secret",
        request=shapes.BetaSessionRequestSerializer,
        responses=shapes.BetaSessionSerializer,
    )
    def post(self, request: Request) -> Response:
        """OpenAI's beta endpoint. The parameters are those of the event transcription_session.update."""
        return self.answer(request)


def _session(config: SessionConfig, *, is_beta: bool) -> dict[str, Any]:
    return session_shape(config, session_id=new_id("sess"), expires_at=int(time.time()) + SESSION_SECONDS, is_beta=is_beta)
