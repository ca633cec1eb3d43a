"""interpret-as="currency"."""

import re
from collections.abc import Mapping
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Currency
from workers.text.normalise.rules.money import SYMBOLS, find_currency, say_magnitude_sum
from workers.text.normalise.tables import load_table
from workers.text.normalise.written_numbers import parse_number
from workers.text.say_as.errors import SayAsError

SUM: Final = re.compile(
    r"(?P<sign>[-−+]?)\s?(?P<before>[^\d\s.,−-]{0,4})\s?(?P<number>[-−]?\.?\d[\d.,'’\s]{0,40}?)\s?(?P<after>[^\d]{0,24})"
)
CENTS: Final[Mapping[str, str]] = load_table("money")["cents"]


def say_money(text: str, *, language: Language, format: str) -> str:  # noqa: A002  # SSML's own word
    """Amount of money with its sign or ISO code before or after it. format: the code if the text has none."""
    match = SUM.fullmatch(text.strip())
    number = parse_number(match["sign"] + match["number"].lstrip("-−"), language=language, is_money=True) if match else None
    if not match or not number:
        raise SayAsError(f"not a sum of money: {text!r}")
    if "−" in match["number"] or "-" in match["number"]:
        number = parse_number(f"-{match['number'].lstrip('-−')}", language=language, is_money=True) or number
    before, after = match["before"].strip(), match["after"].strip()
    if after in CENTS and not before and number.is_whole:
        minor = language.currencies[CENTS[after]].minor
        if minor:
            return language.count(number, minor)
    magnitude, after = _split_magnitude(after, language=language)
    currency = _find(before or after or format, language=language) if not (before and after) else None
    if not currency:
        raise SayAsError(f"not a sum of money: {text!r}; write the currency as a sign or an ISO 4217 code")
    if magnitude:
        return say_magnitude_sum(language, number, magnitude, currency)
    return language.money(number, currency)


def _split_magnitude(after: str, *, language: Language) -> tuple[str, str]:
    """Split off `M` or `million` after the number."""
    for name in sorted(language.magnitudes, key=len, reverse=True):
        rest = after[len(name) :]
        if after.startswith(name) and not rest[:1].isalpha():
            return name, rest.strip()
    return "", after


def _find(name: str, *, language: Language) -> Currency | None:
    if not name:
        return None
    if name in SYMBOLS:
        return find_currency(language, symbol=name)
    found = language.currencies.get(name.upper())
    if found:
        return found
    lower = name.lower()
    return next((each for each in language.currencies.values() if lower in {each.major.singular.lower(), each.major.plural.lower()}), None)
