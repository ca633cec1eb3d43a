"""Readings of `<say-as>`: each type of the specification, in each supported language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workers.contract.markup import Segment
from workers.text.normalise.fold import fold
from workers.text.normalise.languages import find_language
from workers.text.normalise.languages.base import Language
from workers.text.normalise.rules.phones import say_groups
from workers.text.say_as.dates import say_date
from workers.text.say_as.errors import SayAsError
from workers.text.say_as.money import say_money
from workers.text.say_as.numbers import gender_from, say_cardinal, say_digits, say_fraction, say_ordinal, say_unit
from workers.text.say_as.times import say_time

__all__ = ["SUPPORTED_LANGUAGES", "SayAsError", "say_as", "say_segment"]

SUPPORTED_LANGUAGES: Final = ("en", "es", "fr", "de", "it", "pt", "zh", "ja", "hi")

LONGEST: Final = 500
"""Most characters of one say-as element."""

PHONE_CHARACTERS: Final = frozenset("+()-./ \u00a0\u2010\u2011,")


@dataclass(frozen=True, slots=True)
class SayAsRequest:
    """Content and attributes of a say-as element."""

    text: str
    language: Language
    format: str
    detail: str
    before: str


def say_as(text: str, *, interpret_as: str, language: str, format: str = "", detail: str = "", before: str = "") -> str:  # noqa: A002
    """Spoken form of a say-as element's content. Raises SayAsError if the content is not of that type.

    language: BCP 47, one of SUPPORTED_LANGUAGES with or without a region (`en-gb` puts the day first).

    format: the order of a date's parts (`mdy`, `dmy`, …), the ISO code of a sum without one, `f` for a feminine number.

    before: the word before the element, if known: German dates agree with it (am ersten Mai), and Italian and Portuguese noon and midnight
    (alle dodici, às doze horas).
    """
    spoken_in = find_language(language)
    if spoken_in is None:
        raise SayAsError(f"say-as is not available in the language {language!r}; it is in {', '.join(SUPPORTED_LANGUAGES)}")
    kind = KINDS.get(interpret_as.strip().lower())
    if kind is None:
        raise SayAsError(f"unknown interpret-as: {interpret_as!r}; use one of {', '.join(sorted(KINDS))}")
    body = fold(text).text.strip()
    if not body:
        raise SayAsError(f"there is nothing to read as {interpret_as}")
    if len(body) > LONGEST:
        raise SayAsError(f"too long to say as {interpret_as}: {len(body)} characters, at most {LONGEST}")
    return kind(SayAsRequest(body, spoken_in, format.strip(), detail.strip(), before.strip()))


def say_segment(segment: Segment, *, language: str, before: str) -> str:
    """Spoken form of a segment of kind `say_as`. Raises SayAsError. language, before: as for say_as."""
    return say_as(
        segment.text,
        interpret_as=segment.interpret_as,
        language=language,
        format=segment.format,
        detail=segment.detail,
        before=before,
    )


def _cardinal(request: SayAsRequest) -> str:
    return say_cardinal(request.text, language=request.language, gender=gender_from(request.detail or request.format))


def _ordinal(request: SayAsRequest) -> str:
    return say_ordinal(request.text, language=request.language, gender=gender_from(request.detail or request.format))


def _digits(request: SayAsRequest) -> str:
    return say_digits(request.text, language=request.language)


def _date(request: SayAsRequest) -> str:
    return say_date(request.text, language=request.language, format=request.format, before=request.before)


def _time(request: SayAsRequest) -> str:
    return say_time(request.text, language=request.language, format=request.format, before=request.before)


def _telephone(request: SayAsRequest) -> str:
    digits = sum(character.isdecimal() for character in request.text)
    if not 3 <= digits <= 20 or not all(character.isdecimal() or character in PHONE_CHARACTERS for character in request.text):
        raise SayAsError(f"not a telephone number: {request.text!r}")
    return say_groups(request.text, language=request.language)


def _currency(request: SayAsRequest) -> str:
    return say_money(request.text, language=request.language, format=request.format)


def _characters(request: SayAsRequest) -> str:
    spoken = request.language.spell(request.text)
    if not spoken:
        raise SayAsError(f"there is nothing to spell: {request.text!r}")
    return spoken


def _fraction(request: SayAsRequest) -> str:
    return say_fraction(request.text, language=request.language)


def _unit(request: SayAsRequest) -> str:
    return say_unit(request.text, language=request.language)


KINDS: Final[dict[str, Callable[[SayAsRequest], str]]] = {
    **dict.fromkeys(("cardinal", "number"), _cardinal),
    "ordinal": _ordinal,
    "digits": _digits,
    "date": _date,
    "time": _time,
    **dict.fromkeys(("telephone", "phone"), _telephone),
    **dict.fromkeys(("currency", "money"), _currency),
    **dict.fromkeys(("spell-out", "characters", "verbatim"), _characters),
    "fraction": _fraction,
    "unit": _unit,
}
