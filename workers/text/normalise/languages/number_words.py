"""Number words of a language: the tables of `data/numbers/<code>.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from workers.text.normalise.languages.nouns import word_list
from workers.text.normalise.tables import load_table

Scales = tuple[tuple[int, str, str], ...]
"""Powers of ten with their singular and plural, the largest first."""


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Number words; each language has the tables that its rules need."""

    lists: Mapping[str, list[str]]
    """Words in the order of their numbers, such as those of 0 to 19; empty where a number has none."""
    scales: Mapping[str, Scales]
    forms: Mapping[str, Mapping[str, str]]
    """Irregular forms by the regular word: first by one."""
    by_number: Mapping[str, Mapping[int, str]]
    """Irregular words by number."""


@cache
def load_number_words(language: str) -> NumberWords:
    table = load_table(f"numbers/{language}")
    return NumberWords(
        lists=MappingProxyType({name: word_list(text) for name, text in table.items() if isinstance(text, str)}),
        scales=MappingProxyType({name: tuple(map(_read_scale, rows)) for name, rows in table.get("scales", {}).items()}),
        forms=MappingProxyType(table.get("forms", {})),
        by_number=MappingProxyType(
            {
                name: MappingProxyType({int(number): word for number, word in words.items()})
                for name, words in table.get("by_number", {}).items()
            }
        ),
    )


def _read_scale(row: list[Any]) -> tuple[int, str, str]:
    """Parse the exponent, the singular, and the plural if it differs."""
    exponent, singular, *plural = row
    return 10**exponent, singular, plural[0] if plural else singular
