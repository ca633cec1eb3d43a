"""Messages of a live connection: those of the client, and the shapes of the server's."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from rest_framework.exceptions import ParseError

from apps.compat.deepgram.listening_answers import model_info, warning_shapes
from apps.compat.deepgram.live_options import LiveOptions
from apps.compat.deepgram.names import model_uuid
from apps.compat.deepgram.transcripts import Transcript
from apps.core.errors import InvalidRequestError
from apps.core.parsing import parse_json
from apps.transcription.services import DEFAULT_MODEL

SHOWN_MESSAGE: Final = 200
LONGEST_MESSAGE: Final = 65_536
"""Characters of a text message: a hundred terms of `Configure` need far fewer, and JSON is parsed on the event loop."""
MOST_FAULTS: Final = 20
"""Messages that cannot be read, after which a connection is closed."""


class Faults:
    """Counts messages that cannot be read."""

    def __init__(self) -> None:
        self._left = MOST_FAULTS

    def count(self) -> None:
        """Count one. Raises InvalidRequestError beyond the limit."""
        self._left -= 1
        if self._left <= 0:
            raise InvalidRequestError(f"{MOST_FAULTS} messages could not be read.", code="too_many_errors")


def read_message(message: str) -> dict[str, Any] | None:
    """The client's message, without NUL and lone surrogates; None if it is too long, or no JSON object with a `type`."""
    if len(message) > LONGEST_MESSAGE:
        return None
    try:
        read = parse_json(message.encode("utf-8", "replace"))
    except (ParseError, InvalidRequestError):
        return None
    return read if isinstance(read, dict) and isinstance(read.get("type"), str) else None


def schema_error(message: str, *, description: str) -> dict[str, Any]:
    """`Error` after a message that cannot be read; the connection continues."""
    return {"type": "Error", "variant": "SchemaError", "description": description, "message": message[:SHOWN_MESSAGE]}


class LiveShapes:
    """Messages of the server, with what they all say about their connection."""

    def __init__(self, options: LiveOptions) -> None:
        self._options = options
        self.request_id = str(uuid4())
        self._created = datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._model_uuid = model_uuid(options.listening.model)
        self._info = model_info(options.listening.model, engine=DEFAULT_MODEL)
        self._digest = hashlib.sha256()

    def count_audio(self, data: bytes) -> None:
        """Add audio to the digest of the stream."""
        self._digest.update(data)

    def results(
        self,
        transcript: Transcript | None,
        *,
        channel: int,
        start: float,
        seconds: float,
        is_final: bool,
        is_speech_final: bool = False,
        is_from_finalize: bool = False,
    ) -> dict[str, Any]:
        """`Results`; without a transcript, an empty one."""
        empty = {"transcript": "", "confidence": 0.0, "words": []}
        shape: dict[str, Any] = {"alternatives": [empty if transcript is None else transcript.alternative()]}
        if transcript is not None and self._options.listening.searched:
            shape["search"] = [transcript.search(query) for query in self._options.listening.searched]
        return {
            "type": "Results",
            "channel_index": [channel, self._options.channels],
            "duration": round(seconds, 3),
            "start": round(start, 3),
            "is_final": is_final,
            "speech_final": is_speech_final,
            "channel": shape,
            "metadata": {"request_id": self.request_id, "model_info": self._info, "model_uuid": self._model_uuid},
            "from_finalize": is_from_finalize,
        }

    def speech_started(self, *, channel: int, seconds: float) -> dict[str, Any]:
        return {"type": "SpeechStarted", "channel": [channel, self._options.channels], "timestamp": round(seconds, 3)}

    def utterance_end(self, *, channel: int, last_word_end: float) -> dict[str, Any]:
        return {"type": "UtteranceEnd", "channel": [channel, self._options.channels], "last_word_end": round(last_word_end, 3)}

    def configured(self, keyterms: list[str] | None) -> dict[str, Any]:
        """`ConfigureSuccess`. keyterms: those now in effect, if they were replaced."""
        return {"type": "ConfigureSuccess", "request_id": self.request_id, **({} if keyterms is None else {"keyterms": keyterms})}

    def not_configured(self, *, code: str, description: str) -> dict[str, Any]:
        return {"type": "ConfigureFailure", "request_id": self.request_id, "code": code, "description": description}

    def metadata(self, *, seconds: float) -> Mapping[str, Any]:
        """`Metadata`, the last message. seconds: of audio that was received."""
        warnings = warning_shapes(self._options.listening)
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": self.request_id,
            "sha256": self._digest.hexdigest(),
            "created": self._created,
            "duration": round(seconds, 3),
            "channels": self._options.channels,
            "models": [self._model_uuid],
            "model_info": {self._model_uuid: self._info},
            **({"warnings": warnings} if warnings else {}),
        }
