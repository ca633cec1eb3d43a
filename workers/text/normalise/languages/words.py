"""Words of a language: the tables of `data/words/<code>.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from workers.text.normalise.languages.nouns import Currency, Noun, parse_gender, word_set
from workers.text.normalise.tables import load_table


@dataclass(frozen=True, slots=True)
class Words:
    """Word tables; one that a language has no use for is empty."""

    currencies: Mapping[str, Currency]
    """Currencies by ISO 4217 code."""
    symbols: Mapping[str, str]
    signs: Mapping[str, str]
    abbreviations: Mapping[str, str]
    weekdays: Mapping[str, str]
    compounds: Mapping[str, str]
    month_abbreviations: Mapping[str, int]
    magnitudes: Mapping[str, tuple[str, str]]
    """Singular and plural, by how they are written after a figure: thousand for K."""
    accents: Mapping[str, str]
    letters: Mapping[str, str]
    sets: Mapping[str, frozenset[str]]
    """Further sets of words that the rules of the language ask for, by name."""
    roman_keywords: frozenset[str]
    roman_names: frozenset[str]
    year_contexts: frozenset[str]
    feminine: frozenset[str]
    feminine_endings: tuple[str, ...]
    masculine: frozenset[str]
    not_nouns: frozenset[str]


@cache
def load_words(language: str) -> Words:
    table = load_table(f"words/{language}")
    return Words(
        currencies=MappingProxyType({code: _read_currency(fields) for code, fields in table["currencies"].items()}),
        symbols=_read_names(table, "symbols"),
        signs=_read_names(table, "signs"),
        abbreviations=_read_names(table, "abbreviations"),
        weekdays=_read_names(table, "weekdays"),
        compounds=_read_names(table, "compounds"),
        month_abbreviations=MappingProxyType(table.get("month_abbreviations", {})),
        magnitudes=MappingProxyType(_read_magnitudes(table["magnitudes"])),
        accents=_read_names(table, "accents"),
        letters=_read_names(table, "letters"),
        sets=MappingProxyType({name: word_set(words) for name, words in table.get("sets", {}).items()}),
        roman_keywords=word_set(table.get("roman_keywords", "")),
        roman_names=word_set(table.get("roman_names", "")),
        year_contexts=word_set(table.get("year_contexts", "")),
        feminine=word_set(table.get("feminine", "")),
        feminine_endings=tuple(table.get("feminine_endings", "").split()),
        masculine=word_set(table.get("masculine", "")),
        not_nouns=word_set(table.get("not_nouns", "")),
    )


def _read_currency(fields: list[str]) -> Currency:
    """Parse gender, singular and plural, followed by those of the hundredth if there is one."""
    nouns = [Noun(fields[at + 1], fields[at + 2], parse_gender(fields[at])) for at in range(0, len(fields), 3)]
    return Currency(nouns[0], nouns[1] if len(nouns) > 1 else None)


def _read_magnitudes(rows: Mapping[str, list[str]]) -> dict[str, tuple[str, str]]:
    """Singular and plural by each written form; `_` is a space."""
    return {name.replace("_", " "): (row[0], row[1]) for names, row in rows.items() for name in names.split()}


def _read_names(table: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return MappingProxyType(dict(table.get(name, {})))
