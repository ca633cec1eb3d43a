"""Rules that French, Italian, Portuguese and Spanish share."""

from typing import ClassVar

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Gender
from workers.text.normalise.languages.values import Number
from workers.text.normalise.languages.words import Words


class RomanceLanguage(Language):
    """Language with two genders, and with a preposition between whole millions and their noun."""

    words: ClassVar[Words]
    half: ClassVar[str]
    """Half after a whole number: y medio."""
    rank_articles: ClassVar[frozenset[str]] = frozenset()
    """Articles before which a degree sign marks a rank: el 3°."""

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        part = self.half if (numerator, denominator) == (1, 2) else self.fraction(numerator, denominator)
        return f"{self.cardinal(whole)} {self.and_} {part}"

    def gender_of(self, word: str) -> Gender:
        lower = word.lower()
        if lower in self.words.masculine:
            return "m"
        return "f" if lower in self.words.feminine or lower.endswith(self.words.feminine_endings) else "m"

    def preposition_before(self, noun: str) -> str:  # noqa: ARG002  # French elides it
        """Preposition between whole millions and a noun, with its space."""
        return "de "

    def millions_link(self, number: Number, noun: str) -> str:
        is_millions = number.is_whole and number.is_counted and int(number.digits) > 0 and int(number.digits) % 10**6 == 0
        return self.preposition_before(noun) if is_millions else ""

    def is_degree_rank(self, number: int, *, before: str, after: str) -> bool:
        """True if `3°` is a rank and not a temperature or an angle."""
        is_named = bool(after) and after.lower() not in self.words.not_nouns
        return before.lower() in self.rank_articles or (is_named and number <= 12)

    def ordinal_suffix(self, number: int, suffix: str, *, before: str, after: str) -> str | None:
        suffix = suffix.removeprefix(".").lower()
        if not number or (suffix == "°" and not self.is_degree_rank(number, before=before, after=after)):
            return None
        return self.suffixed_ordinal(number, suffix)

    def suffixed_ordinal(self, number: int, suffix: str) -> str | None:
        """Ordinal by its ending in small letters: º, ª."""
        if suffix in {"º", "°", "o"}:
            return self.ordinal(number)
        return self.ordinal(number, gender="f") if suffix in {"ª", "a"} else None
