"""Options of a live connection, from the query of its handshake."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from apps.accounts.callers import Caller
from apps.compat.deepgram.listening_options import ListeningOptions, read_listening_options
from apps.compat.deepgram.parameters import Parameters, invalid_parameter
from apps.compat.deepgram.raw_audio import RawFormat, read_raw_format
from apps.core.errors import ApplicationError
from apps.transcription.services import check_order

SHORTEST_ENDPOINTING_MS: Final = 200
"""Shortest silence that ends an utterance: the recogniser hears a word within its sentence, and breath takes 100 ms."""
USUAL_ENDPOINTING_MS: Final = 300
"""Silence that ends an utterance where the client does not say how long it is; Deepgram's 10 ms cut sentences apart here."""
SILENCE_MS: Final = 700
"""Silence at which text becomes final without endpointing."""
LONGEST_SILENCE_MS: Final = 10_000
LEAST_UTTERANCE_END_MS, MOST_UTTERANCE_END_MS = 500, 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """Options of the whole connection."""

    listening: ListeningOptions
    raw: RawFormat
    has_interim_results: bool = False
    has_endpointing: bool = True
    """False if text becomes final at silence, but no result is `speech_final`."""
    silence_ms: int = USUAL_ENDPOINTING_MS
    """Silence that ends an utterance."""
    utterance_end_ms: int = 0
    """Pause after the last word that `UtteranceEnd` tells; 0 for never."""
    has_voice_events: bool = False

    @property
    def channels(self) -> int:
        """Channels that are transcribed: one, unless each is transcribed on its own."""
        return self.raw.channels if self.listening.is_multichannel else 1


def read_live_options(request: HttpRequest) -> LiveOptions:
    """Options of a handshake. Raises InvalidRequestError."""
    given = Parameters(request.GET)
    if given.text("callback"):
        raise invalid_parameter("callback", "not supported. Read the results from the connection.")
    raw = read_raw_format(given)
    if raw is None:
        encoding = given.text("encoding") or "none"
        raise invalid_parameter("encoding", f"{encoding[:40]!r}; live audio is linear16, mulaw or alaw, with its sample_rate.")
    endpointing = given.text("endpointing", str(USUAL_ENDPOINTING_MS)).casefold()
    has_endpointing = endpointing != "false"
    return LiveOptions(
        listening=read_listening_options(given, is_live=True),
        raw=raw,
        has_interim_results=given.flag("interim_results"),
        has_endpointing=has_endpointing,
        silence_ms=_silence_ms(given, endpointing) if has_endpointing else SILENCE_MS,
        utterance_end_ms=given.integer("utterance_end_ms", 0, least=LEAST_UTTERANCE_END_MS, most=MOST_UTTERANCE_END_MS),
        has_voice_events=given.flag("vad_events"),
    )


def check_live_request(request: HttpRequest, caller: Caller) -> None:
    """Refuse a handshake with invalid options, or a model that is unknown or not allowed. Raises ApplicationErrors."""
    options = read_live_options(request)
    try:
        check_order(caller, order=options.listening.order(is_awaited=True))
    except ApplicationError as error:
        if error.status < 500:  # a model that no worker serves now may come back
            raise


def _silence_ms(given: Parameters, endpointing: str) -> int:
    if endpointing == "true":
        return USUAL_ENDPOINTING_MS
    asked = given.integer("endpointing", USUAL_ENDPOINTING_MS, least=0, most=LONGEST_SILENCE_MS)
    return max(SHORTEST_ENDPOINTING_MS, asked)
