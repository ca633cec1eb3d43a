"""Options of speech to text, from the query of a request or of a handshake."""

from dataclasses import dataclass
from typing import Final

from apps.compat.deepgram.names import DEFAULT_RECOGNISER, recogniser_of
from apps.compat.deepgram.parameters import Parameters, invalid_parameter
from apps.transcription.services import Callback, TranscriptionOrder

DEFAULT_LANGUAGE: Final = "en"
MULTILINGUAL: Final = "multi"
LONGEST_HOTWORDS: Final = 2000
DEFAULT_SPLIT_SECONDS: Final = 0.8
UNSUPPORTED: Final = (
    "sentiment",
    "summarize",
    "topics",
    "intents",
    "detect_entities",
    "profanity_filter",
    "dictation",
    "measurements",
    "filler_words",
    "numerals",
)
"""Features that a response lacks, with a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningOptions:
    """Options that pre-recorded and live audio have in common."""

    model: str = DEFAULT_RECOGNISER
    """Name as the client wrote it."""
    language: str = DEFAULT_LANGUAGE
    """Tag; empty if it is detected."""
    is_multilingual: bool = False
    is_detected: bool = False
    is_punctuated: bool = False
    is_formatted: bool = False
    is_diarized: bool = False
    is_multichannel: bool = False
    has_paragraphs: bool = False
    has_utterances: bool = False
    split_seconds: float = DEFAULT_SPLIT_SECONDS
    """Pause between two utterances."""
    hotwords: str = ""
    replacements: tuple[tuple[str, str], ...] = ()
    """Words and what they are replaced with."""
    searched: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    """Parameters that are not followed, with a sentence each."""

    @property
    def has_punctuation(self) -> bool:
        """True if the transcript has capital letters and punctuation."""
        return self.is_punctuated or self.is_formatted

    def order(self, *, is_awaited: bool, hotwords: str | None = None, callback: Callback | None = None) -> TranscriptionOrder:
        """The order of a transcription. hotwords: in place of the query's."""
        return TranscriptionOrder(
            model=recogniser_of(self.model),
            language=self.language,
            has_words=False,
            is_diarized=self.is_diarized,
            hotwords=self.hotwords if hotwords is None else hotwords,
            is_multichannel=self.is_multichannel,
            is_awaited=is_awaited,
            callback=callback,
        )


def read_listening_options(given: Parameters, *, is_live: bool) -> ListeningOptions:
    """Options of a query. Raises InvalidRequestError."""
    if given.texts("redact") not in {(), ("false",)}:
        raise invalid_parameter("redact", "redaction is not supported here, and nothing was transcribed. Redact the transcript yourself.")
    language = given.text("language", DEFAULT_LANGUAGE)
    is_detected = not is_live and any(value.casefold() != "false" for value in given.texts("detect_language"))
    is_multilingual = language.casefold() == MULTILINGUAL
    is_diarized = given.flag("diarize") or bool(given.text("diarize_model"))
    return ListeningOptions(
        model=given.text("model", DEFAULT_RECOGNISER),
        language="" if is_detected or is_multilingual else language,
        is_multilingual=is_multilingual,
        is_detected=is_detected,
        is_punctuated=given.flag("punctuate"),
        is_formatted=given.flag("smart_format"),
        is_diarized=is_diarized and not is_live,
        is_multichannel=given.flag("multichannel"),
        has_paragraphs=given.flag("paragraphs"),
        has_utterances=given.flag("utterances"),
        split_seconds=given.number("utt_split", DEFAULT_SPLIT_SECONDS, least=0.0, most=60.0),
        hotwords=join_hotwords((*given.texts("keyterm"), *map(_without_weight, given.texts("keywords"))), name="keyterm"),
        replacements=tuple(_replacement(value) for value in given.texts("replace")),
        searched=given.texts("search"),
        tags=given.texts("tag"),
        warnings=_warnings(given, is_diarized_live=is_diarized and is_live),
    )


def join_hotwords(terms: tuple[str, ...], *, name: str) -> str:
    """Terms as the recogniser takes them. Raises InvalidRequestError if they are too many."""
    joined = ", ".join(terms)
    if len(joined) > LONGEST_HOTWORDS:
        raise invalid_parameter(name, f"the terms have {len(joined)} characters together; at most {LONGEST_HOTWORDS} are heard for.")
    return joined


def _without_weight(keyword: str) -> str:
    """`snuffleupagus` of `snuffleupagus:5`."""
    term, separator, weight = keyword.rpartition(":")
    return term if separator and weight.lstrip("-").replace(".", "", 1).isdigit() else keyword


def _replacement(value: str) -> tuple[str, str]:
    found, _, replacement = value.partition(":")
    return found.strip().casefold(), replacement.strip()


def _warnings(given: Parameters, *, is_diarized_live: bool) -> tuple[tuple[str, str], ...]:
    asked = [name for name in UNSUPPORTED if any(value.casefold() not in {"false", "0"} for value in given.texts(name))]
    warnings = [(name, f"{name} is not supported here and was ignored.") for name in asked]
    if is_diarized_live:
        warnings.append(("diarize", "Speakers are distinguished in recordings only, not in live audio."))
    return tuple(warnings)
