"""Messages of the WebSockets that speak text as it arrives, and the options in their address."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rest_framework.exceptions import ParseError, ValidationError

from apps.compat.elevenlabs.names import DEFAULT_MODEL, VOICES
from apps.compat.elevenlabs.output_formats import DEFAULT_FORMAT, read_output_format
from apps.compat.elevenlabs.speech_serializers import VoiceSettingsSerializer
from apps.core.errors import InvalidRequestError
from apps.core.exception_handler import invalid_fields
from apps.core.parsing import parse_json
from apps.core.sockets import Socket
from apps.speech.speech_settings import SpeechSettings
from apps.streaming.answers import AudioForm
from apps.voice_profiles.selectors import find_speed

LONGEST_INACTIVITY: Final = 180
USUAL_INACTIVITY: Final = 20
LONGEST_CONTEXT_ID: Final = 100
SETTINGS: Final = VoiceSettingsSerializer()


@dataclass(frozen=True, slots=True)
class InputOptions:
    """Options of a connection."""

    speech: SpeechSettings
    form: AudioForm
    inactivity_seconds: float


@dataclass(frozen=True, slots=True)
class InputMessage:
    """Message of a client."""

    text: str | None = None
    context_id: str = ""
    is_flush: bool = False
    closes_context: bool = False
    closes_socket: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    key: str = field(default="", repr=False)
    """API key, which the first message may bring."""

    def adapt(self, speech: SpeechSettings) -> SpeechSettings:
        """The settings of speech with the settings of this message."""
        return replace(speech, speed=self.settings.get("speed") or speech.speed)


def read_options(socket: Socket) -> InputOptions:
    """Options in the connection's address. Reads the account's settings of the voice. Raises InvalidRequestError."""
    asked, voice_id = socket.request.GET, str(socket.path_params["voice_id"])
    speech = SpeechSettings(
        model=asked.get("model_id") or DEFAULT_MODEL,
        voice=voice_id,
        dialect_voices=VOICES,
        language=asked.get("language_code") or None,
        speed=find_speed(socket.caller.required_account, voice_id=voice_id),
        has_timestamps=True,
    )
    seconds = asked.get("inactivity_timeout") or str(USUAL_INACTIVITY)
    if not seconds.isascii() or not seconds.isdigit() or not 1 <= int(seconds[:9]) <= LONGEST_INACTIVITY:
        raise InvalidRequestError(f"inactivity_timeout is a number of seconds from 1 to {LONGEST_INACTIVITY}.", param="inactivity_timeout")
    return InputOptions(speech, read_output_format(asked.get("output_format") or DEFAULT_FORMAT), float(seconds))


def read_message(message: str | bytes) -> InputMessage:
    """A message of a client. Raises InvalidRequestError."""
    if isinstance(message, bytes):
        raise InvalidRequestError("Messages are JSON text, and this one is binary.", code="invalid_message")
    try:
        data = parse_json(message.encode("utf-8", "replace"))
    except ParseError:
        raise InvalidRequestError("The message is not JSON.", code="invalid_message") from None
    if not isinstance(data, dict):
        raise InvalidRequestError("The message must be a JSON object.", code="invalid_message")
    text, context_id = data.get("text"), data.get("context_id", data.get("contextId"))
    if text is not None and not isinstance(text, str):
        raise InvalidRequestError("text must be a string.", code="invalid_message", param="text")
    if context_id is not None and not (isinstance(context_id, str) and len(context_id) <= LONGEST_CONTEXT_ID):
        raise InvalidRequestError(
            f"context_id is a string of at most {LONGEST_CONTEXT_ID} characters.", code="invalid_message", param="context_id"
        )
    return InputMessage(
        text,
        context_id or "",
        is_flush=data.get("flush") is True,
        closes_context=data.get("close_context") is True,
        closes_socket=data.get("close_socket") is True,
        settings=_read_settings(data.get("voice_settings")),
        key=_read_key(data),
    )


def _read_key(data: Mapping[str, Any]) -> str:
    """The key of `xi_api_key`, or of `authorization` with or without `Bearer`; empty without one."""
    secret, authorization = data.get("xi_api_key"), data.get("authorization")
    if isinstance(secret, str) and secret.strip():
        return secret.strip()
    scheme, _, rest = authorization.strip().partition(" ") if isinstance(authorization, str) else ("", "", "")
    return rest.strip() if scheme.lower() == "bearer" else scheme


def _read_settings(settings: Any) -> dict[str, Any]:
    if settings is None:
        return {}
    try:
        return dict(SETTINGS.run_validation(settings))
    except ValidationError as error:
        refused = invalid_fields(error)
        raise InvalidRequestError(f"voice_settings: {refused.message}", code="invalid_message", param="voice_settings") from None
