"""Units with exponents: 9.8 m·s⁻², 5 kg m^-3, 10 s⁻¹."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Noun, parse_gender
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.powers import raised_digits
from workers.text.normalise.tables import load_table
from workers.text.normalise.written_numbers import read_number

RAISED: Final = str.maketrans("23", "²³")
LONGEST: Final = 60


@cache
def _units(language: Language) -> dict[str, Noun]:
    """Simple units of the language, and those that occur only beside others."""
    simple = {name: noun for name, noun in language.units.items() if name.isalpha() or name == "Ω"}
    own = load_table("compound_units").get(language.code, {})
    return {**{name: Noun(singular, plural, parse_gender(gender)) for name, (singular, plural, gender) in own.items()}, **simple}


@cache
def _patterns(language: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of a whole compound and of one factor."""
    names = "|".join(map(re.escape, sorted(_units(language), key=len, reverse=True)))
    factor = rf"(?:{names})(?:⁻?[¹²³⁴-⁹]|\^[({{]?[-−]?\d[)}}]?)?(?![^\W_²³¹⁰⁴-⁹])"
    whole = rf"[ \u00a0\u202f]?{factor}(?:[·⋅∙*. \u00a0\u202f]{factor}){{0,5}}+"
    part = rf"({names})(?:(⁻?)([¹²³⁴-⁹])|\^[({{]?([-−]?)(\d)[)}}]?)?(?![^\W_²³¹⁰⁴-⁹])"
    return re.compile(whole), re.compile(part)


def read_compound_unit(context: Context, position: int) -> Reading | None:
    """Number and a product of units with a negative power."""
    language = context.language
    read = read_number(context.text, position, language=language)
    if not read or context.character(position - 1).isalpha():
        return None
    whole, part = _patterns(language)
    match = whole.match(context.text, read[1], read[1] + LONGEST)
    if not match or not re.search(r"⁻|\^[({]?[-−]", match[0]):
        return None
    number = read[0]
    above: list[tuple[str, str]] = []
    below: list[tuple[str, str]] = []
    for factor in part.finditer(match[0]):
        exponent = raised_digits(factor[3]) if factor[3] else factor[5] or "1"
        (below if factor[2] or factor[4] else above).append((factor[1], exponent))
    nouns = [_power(language, *factor) for factor in above]
    heads = [noun.singular for noun in nouns[:-1]]
    said = language.count(number, nouns[-1]) if len(nouns) == 1 else language.number(number)
    if heads:
        last = nouns[-1].singular if number.is_one else nouns[-1].plural
        said = " ".join([said, *heads, last])
    relations = [language.relation(noun.singular, gender=noun.gender) for noun in (_power(language, *factor) for factor in below)]
    return Reading(match.end(), (" " if language.has_spaces else "").join([said, *relations]))


def _power(language: Language, name: str, exponent: str) -> Noun:
    """A unit raised to a power: square meter, second squared."""
    noun = _units(language)[name]
    if exponent == "1":
        return noun
    known = language.units.get(name + exponent.translate(RAISED))
    if known:
        return known
    space = " " if language.has_spaces else ""
    power = language.signs["²" if exponent == "2" else "³"] if exponent in {"2", "3"} else language.raised(Number(exponent))
    return Noun(f"{noun.singular}{space}{power}", f"{noun.plural}{space}{power}", noun.gender)
