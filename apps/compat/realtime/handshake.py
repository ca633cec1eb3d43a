"""The handshake of a connection: beta or GA, the type of the session, its model, and the configuration of its client secret."""

from typing import Any, Final

from django.http import HttpRequest

from apps.compat.realtime.configuration import SessionConfig, SessionKind, initial_config
from apps.compat.realtime.configuration_parsing import LONGEST_NAME, update_config

SUBPROTOCOLS: Final = ("realtime", "openai-beta.realtime-v1")
"""Subprotocols that a browser may be answered with; it also offers one with its secret."""
SCOPES: Final = {SessionKind.REALTIME: "voice:chat", SessionKind.TRANSCRIPTION: "stt:transcribe"}


def offered_subprotocols(request: HttpRequest) -> list[str]:
    """Subprotocols of the handshake, in the client's order."""
    return [name.strip() for name in request.META.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "").split(",")]


def is_beta(request: HttpRequest) -> bool:
    """True if the client speaks the beta's events."""
    return "realtime=v1" in request.META.get("HTTP_OPENAI_BETA", "") or "openai-beta.realtime-v1" in offered_subprotocols(request)


def opening_config(request: HttpRequest) -> SessionConfig:
    """Configuration with which the session begins: the client secret's, or the defaults of the kind and model in the query."""
    secret: dict[str, Any] = getattr(request, "realtime_session", {})
    model = request.GET.get("model", "")[:LONGEST_NAME]
    return read_opening(secret, kind=kind_of(request), model=model)


def read_opening(session: dict[str, Any], *, kind: SessionKind, model: str = "") -> SessionConfig:
    """Configuration of a new session with these parameters. Raises EventError."""
    if session.get("type") in tuple(SessionKind):
        kind = SessionKind(session["type"])
    return update_config(initial_config(kind, model=model), session)


def kind_of(request: HttpRequest) -> SessionKind:
    """Type of the session that a handshake asks for."""
    secret: dict[str, Any] = getattr(request, "realtime_session", {})
    asked = secret.get("type") or ("transcription" if request.GET.get("intent") == "transcription" else "realtime")
    return SessionKind.TRANSCRIPTION if asked == SessionKind.TRANSCRIPTION else SessionKind.REALTIME


def scope_of_kind(kind: SessionKind) -> str:
    """Scope that a key needs for such a session."""
    return SCOPES[kind]


def scope_of(request: HttpRequest) -> str:
    """Scope that a key needs for this handshake."""
    return SCOPES[kind_of(request)]
