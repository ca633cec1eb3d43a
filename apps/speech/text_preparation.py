"""Prepares the text of an order for workers: parsed markup, checked languages and voices, pronunciations."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.catalog.voices import DialectVoices, resolve_voice
from apps.core.errors import InvalidRequestError
from apps.pronunciations.selectors import account_rules
from workers.contract.markup import PronunciationRule, Segment
from workers.contract.messages import SpeakWork
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef
from workers.text.markup.cut import cut_document
from workers.text.markup.document import Document
from workers.text.markup.errors import MarkupError
from workers.text.markup.parse import parse_markup
from workers.text.markup.parts import cut_into_parts
from workers.text.normalise import normalise
from workers.text.pronunciations import PronunciationError, merge_rules, read_pronunciations
from workers.text.say_as import SUPPORTED_LANGUAGES, SayAsError, say_segment
from workers.text.voice_choice import TextVoice, VoiceAssigner

MOST_VOICES = 20
"""Most voices that the markup of one text names."""
SAMPLE_CHARACTERS = 400
"""Characters at the beginning of a text without letters that are looked at for something to say."""


class UnknownMarkupVoiceError(InvalidRequestError):
    """Markup names a voice that does not exist. APIs that write the markup themselves name the field which has the voice."""

    def __init__(self, error: InvalidRequestError, *, voice: str) -> None:
        super().__init__(error.message, code=error.code, param=error.param, extra=error.extra)
        self.voice = voice


def parse_text(text: str, *, param: str) -> Document:
    """Parse markup or plain text. 400 invalid_markup with line and column."""
    try:
        return parse_markup(text)
    except MarkupError as error:
        raise _invalid_markup(error, param=param) from None


def plain_document(text: str) -> Document:
    """Text in which nothing is markup, even where it looks like it."""
    return Document(text, (Segment(text),), source=text, offsets=(0,))


def resolve_markup_voices(
    caller: Caller, document: Document, *, engine: EngineRow, param: str, dialect: DialectVoices | None = None
) -> dict[str, VoiceRef]:
    """The voices that the markup names, by name; checks its languages too. 400 invalid_markup with line and column, blank.

    dialect: names for voices that the API of the request defines.
    """
    voices: dict[str, VoiceRef] = {}
    for index, segment in enumerate(document.segments):
        if segment.voice and segment.voice not in voices:
            if len(voices) == MOST_VOICES:
                message = f"a text has at most {MOST_VOICES} voices; {segment.voice[:50]!r} is one more"
                raise _invalid_markup(document.error_at(index, message), param=param)
            try:
                voices[segment.voice] = resolve_voice(caller, engine=engine, asked=segment.voice, dialect=dialect, takes_substitute=False)
            except InvalidRequestError as error:
                invalid = _invalid_markup(document.error_at(index, error.message), param=param)
                if error.code == "unknown_voice":
                    raise UnknownMarkupVoiceError(invalid, voice=segment.voice) from None
                raise invalid from None
        if problem := _language_problem(segment, engine=engine):
            raise _invalid_markup(document.error_at(index, problem), param=param)
    if not _has_speakable_text(document):
        raise InvalidRequestError("The text contains nothing to speak.", code="blank", param=param)
    return voices


def check_say_as(document: Document, *, engine: EngineRow, speaker: TextVoice, voices: Mapping[str, VoiceRef], param: str) -> None:
    """Check that the worker can say every say-as in its language. 400 invalid_markup with line and column. Linear in the text.

    voices: those that the markup names. A text without a language counts as in that of the chosen voice; without either, any of the
    model's languages will do.
    """
    before, candidates = "", list(engine.spec.languages or SUPPORTED_LANGUAGES)
    usual = "" if speaker.is_chosen_by_text else speaker.chosen.language if speaker.is_detected else speaker.language
    for index, segment in enumerate(document.segments):
        if segment.kind == "say_as":
            stated = segment.language or (voices[segment.voice].language if segment.voice else usual)
            problem = _say_as_problem(segment, languages=[stated] if stated else candidates, before=before)
            if problem:
                raise _invalid_markup(document.error_at(index, f"<say-as>: {problem}"), param=param)
        before = (segment.text.split() or [before])[-1]


def cut_text(document: Document, *, work: SpeakWork, assigner: VoiceAssigner) -> list[SpeakWork]:
    """Work of parts of bounded length, cut at sentence ends, with their voices. work: what all parts have in common."""
    if document.is_markup:
        parts = [
            replace(work, text="".join(segment.text for segment in segments), segments=segments) for segments in cut_document(document)
        ]
    else:
        parts = [replace(work, text=text) for text in cut_into_parts(document.written)]
    return [assigner.assign(part) for part in parts]


def read_rules(caller: Caller, pronunciations: Any) -> tuple[PronunciationRule, ...]:
    """The request's pronunciations before the account's own. 400 invalid_pronunciation."""
    try:
        requested = read_pronunciations(pronunciations)
    except PronunciationError as error:
        raise InvalidRequestError(str(error), code="invalid_pronunciation", param="pronunciations") from None
    own = account_rules(caller.account.pk) if caller.account is not None else ()
    return merge_rules(request=requested, account=own) if own else requested


def _has_speakable_text(document: Document) -> bool:
    """True if the text has a letter, a digit, or a sign or emoji with a name."""
    written = document.written
    if any(map(str.isalnum, written)) or any(segment.alias or segment.phonemes for segment in document.segments):
        return True
    sample = " ".join((written[:SAMPLE_CHARACTERS], *sorted(set(written[SAMPLE_CHARACTERS:]))))
    return any(map(str.isalnum, normalise(sample, language="en").text))


def _invalid_markup(error: MarkupError, *, param: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"{error.message} (line {error.line}, column {error.column})",
        code="invalid_markup",
        param=param,
        extra={"line": error.line, "column": error.column},
    )


def _say_as_problem(segment: Segment, *, languages: list[str], before: str) -> str:
    """Reason why none of the languages can read the segment; empty if one can, which is then moved to the front of the list."""
    problem = ""
    for place, language in enumerate(languages):
        try:
            say_segment(segment, language=language, before=before)
        except SayAsError as error:
            problem = problem or str(error)
        else:
            languages.insert(0, languages.pop(place))
            return ""
    return problem


def _language_problem(segment: Segment, *, engine: EngineRow) -> str:
    """Problem of the model with the language that the markup names; empty when there is none."""
    primary = primary_tag(segment.language)
    if primary and engine.spec.languages and primary not in engine.spec.languages:
        reason = engine.spec.missing_languages.get(primary, "")
        return f"the model {engine.id!r} does not speak {segment.language!r}. {reason}".rstrip()
    return ""
