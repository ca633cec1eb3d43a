"""Scans a folded text from left to right: ordinary prose is skipped at the speed of one regular expression."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import LOOK_BACK, Context, Reading, Rule
from workers.text.normalise.languages.base import Language
from workers.text.normalise.rules.addresses import find_addresses, say_address
from workers.text.normalise.rules.arithmetic import read_multiple, read_sum, read_term
from workers.text.normalise.rules.codes import read_code
from workers.text.normalise.rules.compound_units import read_compound_unit
from workers.text.normalise.rules.dates import read_date, read_month_and_year, read_month_first
from workers.text.normalise.rules.durations import read_duration
from workers.text.normalise.rules.formulas import read_formula
from workers.text.normalise.rules.identifiers import STARTS, read_identifier
from workers.text.normalise.rules.latex import read_latex
from workers.text.normalise.rules.measures import read_feet_and_inches
from workers.text.normalise.rules.money import read_money_prefix
from workers.text.normalise.rules.phones import read_phone
from workers.text.normalise.rules.powers import read_scientific
from workers.text.normalise.rules.pressure import read_pressure
from workers.text.normalise.rules.quantities import read_quantity
from workers.text.normalise.rules.ranges import (
    read_chain,
    read_fraction,
    read_money_range,
    read_range,
    read_ratio,
    read_time_range,
)
from workers.text.normalise.rules.signs import read_sign
from workers.text.normalise.rules.streets import read_street, street_names
from workers.text.normalise.rules.times import read_time
from workers.text.normalise.rules.unit_ranges import read_unit_range
from workers.text.normalise.rules.words import read_abbreviation, read_capitals, read_initials, read_roman, read_roman_range, read_weekdays
from workers.text.normalise.rules.years import read_year
from workers.text.normalise.rules.zones import read_offset
from workers.text.spoken_text import SpokenText, SpokenTextBuilder


def read_counter(context: Context, position: int) -> Reading | None:
    """Read a number that the language reads together with its counter, such as 2026年."""
    reading = context.language.own_reading(context.text, position)
    return Reading(*reading) if reading else None


NUMBER_RULES: Final[tuple[Rule, ...]] = (
    read_code,
    read_identifier,
    read_counter,
    read_scientific,
    read_year,
    read_compound_unit,
    read_sum,
    read_term,
    read_date,
    read_phone,
    read_time_range,
    read_time,
    read_unit_range,
    read_duration,
    read_money_range,
    read_money_prefix,
    read_chain,
    read_feet_and_inches,
    read_pressure,
    read_fraction,
    read_range,
    read_ratio,
    read_multiple,
    read_quantity,
)
WORD_RULES: Final[tuple[Rule, ...]] = (
    read_identifier,
    read_formula,
    read_offset,
    read_weekdays,
    read_month_first,
    read_month_and_year,
    read_street,
    read_abbreviation,
    read_unit_range,
    read_money_prefix,
    read_initials,
    read_roman_range,
    read_roman,
    read_capitals,
)
SIGN_RULES: Final[tuple[Rule, ...]] = (
    read_latex,
    read_identifier,
    read_unit_range,
    read_money_range,
    read_money_prefix,
    read_fraction,
    read_phone,
    read_quantity,
    read_sign,
)

IDEOGRAPHIC_SPACE: Final = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3040-\u309f\u3400-\u9fff])|(?<=[\u3040-\u309f]) (?=[\u3400-\u9fff])")

PLAIN_SIGNS: Final = r"\s,;:'\"()\[\]{}“”‘’«»„‚‹›¿¡…–—。、，；：？！「」『』・ー\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962-\u0965"
"""Signs that every G2P treats as a pause or ignores, and the vowel signs of Hindi."""

IDENTIFIED: Final = re.compile(r"\d|[0-9A-Fa-f][:-][0-9A-Fa-f]{2}[:-]|::")
"""Characters without which a text contains no identifier, so that the expensive search is skipped."""

OPENING: Final = frozenset("([{\"'“‘«„‚‹¿¡-–—/’")
"""Opening marks, which no space follows."""


@cache
def _candidates(language: Language, *, has_identifiers: bool = True) -> re.Pattern[str]:
    """Pattern of the first character of rules: figures, signs, words with a full stop, capitals, and the words that the language watches."""
    watched = {name for name in language.abbreviations if not name.endswith(".")} | {"USD", "EUR", *language.weekdays}
    if language.code == "en":
        watched |= {*language.months, *(name.capitalize() for name in language.month_abbreviations)}
        watched |= street_names().keys()
    names = "|".join(map(re.escape, sorted(watched, key=len, reverse=True)))
    return re.compile(
        r"[\d¼-¾⅐-⅞²³¹⁰⁴-⁹₀-₉]"
        r"|(?<![^\W_])[A-Z](?=[A-Za-z()\d]{0,16}[₀-₉]|[a-z]?[A-Z\d][A-Za-z\d]{0,12}(?![^\W_])|[a-z]?[²³⁴-⁹]?[⁺⁻])"
        r"|\((?=[A-Za-z₀-₉]{1,12}\)[₀-₉])"
        rf"{f'|{STARTS}' if has_identifiers else ''}"
        rf"|(?<![^\W\d_])(?:[^\W\d_]{{1,24}}+(?=\.)|[A-ZÀ-ÖØ-Þ]{{2,40}}+|[IVX]{{1,6}}+(?:er|re|e|ème)?(?![^\W\d_])|(?:{names})(?![^\W\d_])"
        r"|[A-Zc]{1,3}(?=[$/])|[^\W\d_](?=\.\s?[^\W\d_]\.))"
        r"|(?<=[\d\s\"”″'])x(?=\s?\d)"
        r"|([!?])(?=[!?])|!(?==)|\.(?=[\w.])|[,;:](?=[,;:])|[-−–—](?=[-–—>\d$€£¥])|\+"
        rf"|(?!['.,!?-])[^\w{PLAIN_SIGNS}.!?-]|_"
        r"|\((?=\d{2,5}\))"
    )


def scan(text: str, *, language: Language) -> SpokenText:
    context, builder = Context(text, language), SpokenTextBuilder(text)
    position = 0
    for start, end in find_addresses(text):
        _scan_stretch(context, builder, start=position, end=start)
        builder.keep(up_to=start)
        _say(builder, Reading(end, say_address(text[start:end], language=language)), start=start)
        position = end
    _scan_stretch(context, builder, start=position, end=len(text))
    return builder.build()


def _scan_stretch(context: Context, builder: SpokenTextBuilder, *, start: int, end: int) -> None:
    candidates = _candidates(context.language, has_identifiers=IDENTIFIED.search(context.text, start, end) is not None)
    position = start
    while match := candidates.search(context.text, position, end):
        at = match.start()
        found = _read(context, at)
        if found is not None and found.end > end:
            found = _read_before(context, at, end=end)
        if found is None:
            position = max(match.end(), at + 1)
            continue
        builder.keep(up_to=at)
        _say(builder, found, start=at, has_spaces=context.language.has_spaces)
        position = found.end


def _read_before(context: Context, position: int, *, end: int) -> Reading | None:
    """Read as if the text ended at `end`, where a URL begins."""
    start = max(0, position - LOOK_BACK)
    found = _read(Context(context.text[start:end], context.language), position - start)
    return Reading(found.end + start, found.spoken) if found else None


def _read(context: Context, position: int) -> Reading | None:
    character = context.text[position]
    rules = NUMBER_RULES if character.isdecimal() else WORD_RULES if character.isalpha() and character != "x" else SIGN_RULES
    for rule in rules:
        found = rule(context, position)
        if found is not None:
            return found
    return None


def _say(builder: SpokenTextBuilder, found: Reading, *, start: int, has_spaces: bool = True) -> None:
    """Add the spoken form, separated from adjacent letters and figures; a written word never becomes silent."""
    written = builder.written[start : found.end]
    spoken = found.spoken
    if not spoken.strip() and any(map(str.isalnum, written)):
        builder.keep(up_to=found.end)
        return
    if not has_spaces:
        builder.say(IDEOGRAPHIC_SPACE.sub("", spoken.strip()) or spoken, up_to=found.end)
        return
    is_after_space = builder.last_character.isspace() or not builder.last_character
    spoken = " ".join(spoken.split()) if spoken.strip() else spoken
    if spoken[:1].isalnum() and not is_after_space and builder.last_character not in OPENING:
        spoken = f" {spoken}"
    elif is_after_space and spoken == " ":
        spoken = ""
    following = builder.written[found.end : found.end + 1]
    if spoken[-1:].isalnum() and following.isalnum():
        spoken = f"{spoken} "
    builder.say(spoken, up_to=found.end)
