"""Words of descriptions, by language: what each says about a voice (words.toml)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

WORDS: Final = Path(__file__).with_name("words.toml")
LANGUAGES: Final = ("en", "de", "es", "fr")
SILENT: Final = "silent"
DEGREE: Final = "degree"
STEM: Final = "*"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a word or phrase."""

    attribute: str
    """gender, age, pitch, pace, warmth, energy, accent; `degree`, or `silent` for a word that says nothing about a voice."""
    value: str


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a description that the vocabulary knows."""

    length: int
    """Number of words."""
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one language."""

    phrases: Mapping[tuple[str, ...], tuple[Meaning, ...]]
    stems: Mapping[str, tuple[Meaning, ...]]
    longest: int
    """Most words of a phrase."""

    def find(self, words: Sequence[str], place: int) -> Match | None:
        """The longest phrase that begins at this word. A single word has the meanings of its stem too."""
        for length in range(min(self.longest, len(words) - place), 1, -1):
            if meanings := self.phrases.get(tuple(words[place : place + length])):
                return Match(length, meanings)
        word = words[place]
        stem = next((word[:end] for end in range(len(word), 1, -1) if word[:end] in self.stems), "")
        found = (*self.phrases.get((word,), ()), *self.stems.get(stem, ()))
        return Match(1, tuple(dict.fromkeys(found))) if found else None


@cache
def vocabularies() -> Mapping[str, Vocabulary]:
    """The vocabulary of each language."""
    table = tomllib.loads(WORDS.read_text("utf-8"))
    return {language: _read(table, language=language) for language in LANGUAGES}


def _read(table: Mapping[str, Mapping[str, Mapping[str, str]]], *, language: str) -> Vocabulary:
    phrases: dict[tuple[str, ...], tuple[Meaning, ...]] = {}
    stems: dict[str, tuple[Meaning, ...]] = {}
    for attribute, values in table.items():
        for value, languages in values.items():
            for entry in languages.get(language, "").split(","):
                phrase, meaning = entry.strip(), Meaning(attribute, value)
                if phrase.endswith(STEM):
                    stem = phrase.removesuffix(STEM)
                    stems[stem] = (*stems.get(stem, ()), meaning)
                elif phrase:
                    words = tuple(phrase.replace("-", " ").replace("'", " ").split())
                    phrases[words] = (*phrases.get(words, ()), meaning)
    return Vocabulary(phrases, stems, longest=max(map(len, phrases)))
