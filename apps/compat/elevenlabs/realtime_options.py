"""Options of a realtime transcription, from the query of its handshake."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from apps.accounts.callers import Caller
from apps.compat.deepgram.listening_options import ListeningOptions, join_hotwords
from apps.compat.deepgram.live_options import LiveOptions
from apps.compat.deepgram.parameters import Parameters, invalid_parameter
from apps.compat.deepgram.raw_audio import RawFormat
from apps.compat.elevenlabs.languages import short_code
from apps.core.errors import ApplicationError
from apps.transcription.services import check_order

DEFAULT_REALTIME_MODEL: Final = "scribe_v2_realtime"
MODELS: Final = {DEFAULT_REALTIME_MODEL: "scribe_v2"}
"""Names of realtime models, by the stand-in that serves them; other names are models of `/v1/models/`."""
FORMATS: Final = {
    **{f"pcm_{rate}": RawFormat("linear16", rate) for rate in (8000, 16_000, 22_050, 24_000, 44_100, 48_000)},
    "ulaw_8000": RawFormat("mulaw", 8000),
}
STRATEGIES: Final = ("manual", "vad")
REFUSED: Final = ("entity_detection", "entity_redaction", "transcript_edit")
LEAST_SILENCE_SECONDS, MOST_SILENCE_SECONDS, USUAL_SILENCE_SECONDS = 0.3, 3.0, 1.5
MANUAL_SILENCE_MS: Final = 700
"""Pause at which text is settled before it is committed by the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeOptions:
    """Options of the connection."""

    live: LiveOptions
    audio_format: str
    is_manual: bool
    """True if the client commits; otherwise a pause does."""
    has_timestamps: bool
    has_language: bool

    @property
    def config(self) -> dict[str, Any]:
        """`config` of the first message."""
        listening = self.live.listening
        return {
            "sample_rate": self.live.raw.sample_rate,
            "audio_format": self.audio_format,
            "language_code": listening.language or None,
            "commit_strategy": "manual" if self.is_manual else "vad",
            "vad_silence_threshold_secs": self.live.silence_ms / 1000,
            "model_id": listening.model,
            "include_timestamps": self.has_timestamps,
            "include_language_detection": self.has_language,
        }


def read_realtime_options(request: HttpRequest) -> RealtimeOptions:
    """Options of a handshake. Raises InvalidRequestError."""
    given = Parameters(request.GET)
    for name in REFUSED:
        if given.text(name):
            raise invalid_parameter(name, "not supported here. Leave it out.")
    audio_format = given.choice("audio_format", "pcm_16000", FORMATS)
    is_manual = given.choice("commit_strategy", "manual", STRATEGIES) == "manual"
    silence = given.number("vad_silence_threshold_secs", USUAL_SILENCE_SECONDS, least=LEAST_SILENCE_SECONDS, most=MOST_SILENCE_SECONDS)
    model = given.text("model_id", DEFAULT_REALTIME_MODEL)
    listening = ListeningOptions(
        model=MODELS.get(model, model),
        language=short_code(given.text("language_code")),
        is_punctuated=True,
        hotwords=join_hotwords(given.texts("keyterms"), name="keyterms"),
    )
    live = LiveOptions(
        listening=listening,
        raw=FORMATS[audio_format],
        has_interim_results=True,
        silence_ms=MANUAL_SILENCE_MS if is_manual else round(1000 * silence),
    )
    return RealtimeOptions(
        live=live,
        audio_format=audio_format,
        is_manual=is_manual,
        has_timestamps=given.flag("include_timestamps"),
        has_language=given.flag("include_language_detection"),
    )


def check_realtime_request(request: HttpRequest, caller: Caller) -> None:
    """Refuse a handshake with invalid options, or a model that is unknown or not allowed. Raises ApplicationErrors."""
    options = read_realtime_options(request)
    try:
        check_order(caller, order=options.live.listening.order(is_awaited=True))
    except ApplicationError as error:
        if error.status < 500:  # a model that no worker serves now may come back
            raise
