"""Serializers of the client secrets. Sessions are read by configuration_parsing, as in events."""

from typing import Any

from rest_framework import serializers

from apps.compat.realtime.client_secrets import LONGEST_SECONDS, SHORTEST_SECONDS, USUAL_SECONDS


class SessionField(serializers.DictField):
    """Parameters of a session, as in `session.update`."""


class ExpirySerializer(serializers.Serializer[Any]):
    """Validity of a secret."""

    anchor = serializers.ChoiceField(choices=["created_at"], required=False, default="created_at")
    seconds = serializers.IntegerField(
        required=False, default=USUAL_SECONDS, min_value=SHORTEST_SECONDS, max_value=LONGEST_SECONDS, help_text="Seconds of validity."
    )


class ClientSecretRequestSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/realtime/client_secrets."""

    expires_after = ExpirySerializer(required=False)
    session = SessionField(required=False, default=dict, help_text="Parameters of the session, as in the event session.update.")


class ClientSecretSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/realtime/client_secrets."""

    value = serializers.CharField(help_text="The secret, `ek_…`: Authorization, or the subprotocol openai-insecure-api-key.<secret>.")
    expires_at = serializers.IntegerField(help_text="Unix time after which it opens no session.")
    session = serializers.DictField(help_text="Effective configuration of the session.")


class BetaSessionRequestSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/realtime/sessions and /v1/realtime/transcription_sessions: the session's parameters."""

    model = serializers.CharField(required=False, max_length=100)
    voice = serializers.CharField(required=False, max_length=100)
    instructions = serializers.CharField(required=False, allow_blank=True)
    client_secret = serializers.DictField(required=False, help_text="`expires_after` of the secret.")


class BetaSecretSerializer(serializers.Serializer[Any]):
    """Secret of a beta session."""

    value = serializers.CharField()
    expires_at = serializers.IntegerField()


class BetaSessionSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/realtime/sessions: the session with its secret."""

    id = serializers.CharField()
    object = serializers.CharField()
    client_secret = BetaSecretSerializer()
