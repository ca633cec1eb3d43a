"""Nouns that are counted: units and currencies, as the tables of each language hold them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Gender = Literal["m", "f", "n"]


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun that a number can stand before."""

    singular: str
    plural: str
    gender: Gender = "m"


@dataclass(frozen=True, slots=True)
class Currency:
    """What is counted in a sum of money; `minor` is missing where nobody counts hundredths."""

    major: Noun
    minor: Noun | None = None


def parse_gender(text: str) -> Gender:
    """m, f or n, read strictly."""
    genders: dict[str, Gender] = {"m": "m", "f": "f", "n": "n"}
    return genders[text]


def parse_units(table: str) -> Mapping[str, Noun]:
    """Reads lines of `symbols|gender|singular|plural`, symbols apart by spaces."""
    units: dict[str, Noun] = {}
    for line in table.split("\n"):
        if line:
            symbols, gender, singular, plural = line.split("|")
            units.update(dict.fromkeys(symbols.split(), Noun(singular, plural, parse_gender(gender))))
    return MappingProxyType(units)


def parse_currencies(table: str) -> Mapping[str, Currency]:
    """Reads lines of `code|gender|singular|plural`, followed by `|gender|singular|plural` of the hundredth where there is one."""
    currencies: dict[str, Currency] = {}
    for line in table.split("\n"):
        if line:
            code, *fields = line.split("|")
            nouns = [Noun(fields[at + 1], fields[at + 2], parse_gender(fields[at])) for at in range(0, len(fields), 3)]
            currencies[code] = Currency(nouns[0], nouns[1] if len(nouns) > 1 else None)
    return MappingProxyType(currencies)


def parse_words(table: str) -> Mapping[str, str]:
    """Reads lines of `key|words`."""
    return MappingProxyType(dict(line.split("|", maxsplit=1) for line in table.split("\n") if line))


def word_list(text: str) -> list[str]:
    """The words of a table, apart by white space; `-` stands for an empty first place."""
    return ["" if word == "-" else word for word in text.split()]


def word_set(text: str) -> frozenset[str]:
    """The words of a table, apart by white space."""
    return frozenset(text.split())
