"""Counted nouns: units and currencies, as in the tables of each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from workers.text.normalise.tables import load_table

Gender = Literal["m", "f", "n"]


@dataclass(frozen=True, slots=True)
class Noun:
    """Noun after a number."""

    singular: str
    plural: str
    gender: Gender = "m"


@dataclass(frozen=True, slots=True)
class Currency:
    """Currency of an amount; `minor` is missing if hundredths are not used."""

    major: Noun
    minor: Noun | None = None


def parse_gender(text: str) -> Gender:
    """m, f or n, read strictly."""
    genders: dict[str, Gender] = {"m": "m", "f": "f", "n": "n"}
    return genders[text]


@cache
def load_units(language: str) -> Mapping[str, Noun]:
    """The units of a language by symbol, unambiguous symbols in every case: kWh, kwh and KWH."""
    any_case = frozenset(load_table("units/shared")["any_case"].split())
    units: dict[str, Noun] = {}
    for symbols, (gender, singular, plural) in load_table(f"units/{language}").items():
        units.update(dict.fromkeys(symbols.split(), Noun(singular, plural, parse_gender(gender))))
    for symbol, noun in list(units.items()):
        if symbol.lower() in any_case:
            for variant in (symbol.lower(), symbol.upper(), symbol.capitalize()):
                units.setdefault(variant, noun)
    return MappingProxyType({symbol.replace("_", " "): noun for symbol, noun in units.items()})


def word_list(text: str) -> list[str]:
    """Words of a table separated by white space; `-` stands for an empty first word."""
    return ["" if word == "-" else word for word in text.split()]


def word_set(text: str) -> frozenset[str]:
    """Words of a table separated by white space."""
    return frozenset(text.split())
