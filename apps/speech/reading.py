"""The text of an order as parts that workers can speak: markup read, languages and voices checked, pronunciations gathered."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.callers import Caller
from apps.catalog.selectors import EngineRow, find_voice
from apps.core.errors import InvalidRequestError
from apps.pronunciations.selectors import account_rules
from workers.contract.markup import PronunciationRule, Segment
from workers.text.markup.cut import cut_document
from workers.text.markup.document import Document
from workers.text.markup.errors import MarkupError
from workers.text.markup.parse import parse_markup
from workers.text.markup.parts import cut_into_parts
from workers.text.pronunciations import PronunciationError, merge_rules, read_pronunciations

SAMPLE_CHARACTERS = 400
"""Of the beginning of a text: enough to tell its language."""


@dataclass(frozen=True, slots=True)
class PartText:
    """What one part says."""

    text: str
    segments: tuple[Segment, ...] = ()
    """Empty for plain text."""

    def as_work(self) -> dict[str, Any]:
        """Its fields of a SpeakWork."""
        return {"text": self.text, "segments": [segment.to_dict() for segment in self.segments]}


def read_text(text: str, *, engine: EngineRow, param: str) -> Document:
    """Markup or plain text, checked against the model. 400 invalid_markup with line and column."""
    try:
        document = parse_markup(text)
        for index, segment in enumerate(document.segments):
            problem = _problem_of(segment, engine=engine)
            if problem:
                raise document.error_at(index, problem)
    except MarkupError as error:
        raise InvalidRequestError(
            f"{error.message} (line {error.line}, column {error.column})",
            code="invalid_markup",
            param=param,
            extra={"line": error.line, "column": error.column},
        ) from None
    if not any(segment.text.strip() or segment.alias or segment.phonemes for segment in document.segments):
        raise InvalidRequestError("There is nothing to say.", code="blank", param=param)
    return document


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


def _problem_of(segment: Segment, *, engine: EngineRow) -> str:
    """What the model cannot do of what the markup asks for; empty when it can."""
    if segment.voice:
        try:
            find_voice(engine, segment.voice)
        except InvalidRequestError as error:
            return error.message
    primary = segment.language.partition("-")[0]
    if primary and engine.spec.languages and primary not in engine.spec.languages:
        reason = engine.spec.missing_languages.get(primary, "")
        return f"the model {engine.id!r} does not speak {segment.language!r}. {reason}".rstrip()
    return ""
