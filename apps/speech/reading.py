"""The text of an order as parts that workers can speak: markup read, languages and voices checked, pronunciations gathered."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_voice
from apps.core.errors import InvalidRequestError
from apps.pronunciations.selectors import account_rules
from workers.contract.markup import PronunciationRule, Segment
from workers.contract.tags import primary_tag
from workers.text.language import regional_tag
from workers.text.markup.cut import cut_document
from workers.text.markup.document import Document
from workers.text.markup.errors import MarkupError
from workers.text.markup.parse import parse_markup
from workers.text.markup.parts import cut_into_parts
from workers.text.normalise import normalise
from workers.text.pronunciations import PronunciationError, merge_rules, read_pronunciations
from workers.text.say_as import SUPPORTED_LANGUAGES, SayAsError, say_as

SAMPLE_CHARACTERS = 400
"""Characters from the beginning of a text that language detection reads."""


@dataclass(frozen=True, slots=True)
class PartText:
    """Text that one part says."""

    text: str
    segments: tuple[Segment, ...] = ()
    """Empty for plain text."""

    def as_work(self) -> dict[str, Any]:
        """Its fields of a SpeakWork."""
        return {"text": self.text, "segments": [segment.to_dict() for segment in self.segments]}


def parse_text(text: str, *, param: str) -> Document:
    """Markup or plain text. 400 invalid_markup with line and column."""
    try:
        return parse_markup(text)
    except MarkupError as error:
        raise _invalid_markup(error, param=param) from None


def check_text(document: Document, *, engine: EngineRow, param: str) -> None:
    """Check the voices and languages of the markup against the model. 400 invalid_markup with line and column, blank."""
    for index, segment in enumerate(document.segments):
        problem = _problem_of(segment, engine=engine)
        if problem:
            raise _invalid_markup(document.error_at(index, problem), param=param)
    if not _is_heard(document):
        raise InvalidRequestError("There is nothing to say.", code="blank", param=param)


def check_say_as(document: Document, *, engine: EngineRow, voice: str, language: str, param: str) -> None:
    """Check that the worker can say every say-as in its language. 400 invalid_markup with line and column. Linear in the text.

    voice, language: as the worker gets them, both empty where it hears first which language the text is in: then any of the model's does.
    """
    before, candidates = "", list(engine.spec.languages or SUPPORTED_LANGUAGES)
    for index, segment in enumerate(document.segments):
        if segment.kind == "say_as":
            stated = _language_of(segment, engine=engine, voice=voice, language=language)
            problem = _say_as_problem(segment, languages=[stated] if stated else candidates, before=before)
            if problem:
                raise _invalid_markup(document.error_at(index, f"<say-as>: {problem}"), param=param)
        before = (segment.text.split() or [before])[-1]


def cut_text(document: Document) -> list[PartText]:
    """Parts of bounded length, cut at sentence ends."""
    if not document.is_markup:
        return [PartText(text) for text in cut_into_parts(document.written)]
    return [PartText("".join(segment.text for segment in segments), segments) for segments in cut_document(document)]


def read_rules(caller: Caller, pronunciations: Any) -> tuple[PronunciationRule, ...]:
    """The request's pronunciations before the account's own. 400 invalid_pronunciation."""
    try:
        requested = read_pronunciations(pronunciations)
    except PronunciationError as error:
        raise InvalidRequestError(str(error), code="invalid_pronunciation", param="pronunciations") from None
    own = account_rules(caller.account.pk) if caller.account is not None else ()
    return merge_rules(request=requested, account=own) if own else requested


def _is_heard(document: Document) -> bool:
    """True if a letter, a digit, or a sign or emoji that has a name is in the text. One without any says little, so a sample will do."""
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


def _language_of(segment: Segment, *, engine: EngineRow, voice: str, language: str) -> str:
    """The language that the worker says a segment in; empty where it is not known yet."""
    stated = segment.language or ("" if segment.voice else language)
    if stated or not (segment.voice or voice):
        return stated
    row = find_voice(engine, segment.voice or voice)
    return regional_tag(row.language, tags=row.tags)


def _say_as_problem(segment: Segment, *, languages: list[str], before: str) -> str:
    """Reason that none of the languages can say the segment; empty when one can. The one that can comes first in the list from then on."""
    problem = ""
    for place, language in enumerate(languages):
        try:
            say_as(
                segment.text,
                interpret_as=segment.interpret_as,
                language=language,
                format=segment.format,
                detail=segment.detail,
                before=before,
            )
        except SayAsError as error:
            problem = problem or str(error)
        else:
            languages.insert(0, languages.pop(place))
            return ""
    return problem


def _problem_of(segment: Segment, *, engine: EngineRow) -> str:
    """Problem of the model with what the markup asks for; empty when there is none."""
    if segment.voice:
        try:
            find_voice(engine, segment.voice)
        except InvalidRequestError as error:
            return error.message
    primary = primary_tag(segment.language)
    if primary and engine.spec.languages and primary not in engine.spec.languages:
        reason = engine.spec.missing_languages.get(primary, "")
        return f"the model {engine.id!r} does not speak {segment.language!r}. {reason}".rstrip()
    return ""
