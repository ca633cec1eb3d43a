"""Reads a description of a voice: the attributes that its words name, and the words that say nothing known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from apps.voice_design.vocabulary import DEGREE, SILENT, Match, Meaning, vocabularies

WORD: Final = re.compile(r"[^\W\d_]+|\d{1,3}(?!\d)")
DEGREES: Final[Mapping[str, float]] = {"strong": 1.6, "slight": 0.5, "opposite": -0.6}
"""Factors of the strength of a word after `very`, `slightly` and `not`."""
SIGNS: Final[Mapping[tuple[str, str], float]] = {
    ("pitch", "low"): -1.0,
    ("pitch", "high"): 1.0,
    ("pace", "slow"): -1.0,
    ("pace", "fast"): 1.0,
    ("warmth", "warm"): 1.0,
    ("warmth", "bright"): -1.0,
    ("energy", "lively"): 1.0,
    ("energy", "calm"): -1.0,
}
SCALES: Final = ("pitch", "pace", "warmth", "energy")
"""Attributes with a strength; the others name one of several values."""
AGES: Final = ((13, "child"), (31, "young"), (56, "middle"), (121, "old"))
"""Upper bounds in years, exclusive."""
LARGEST_STRENGTH: Final = 2.0
REACH: Final = 2
"""Words between `not` or `very` and the word that they change, at most: a very, very deep voice."""


@dataclass(slots=True)
class Mention:
    """An attribute that the description names."""

    attribute: str
    value: str
    words: list[str]
    strength: float = 1.0
    """Signed for scales: -1 is a low pitch, 1.6 a very high one. Negative for another attribute: the description rules the value out."""


@dataclass(frozen=True, slots=True)
class Description:
    """Meaning of a description."""

    mentions: tuple[Mention, ...]
    """Findings, at most one for each attribute, except values that are ruled out."""
    contradictions: tuple[str, ...]
    """Words that contradict earlier ones and are not followed."""
    not_understood: tuple[str, ...]

    def find(self, attribute: str) -> Mention | None:
        """The mention of an attribute; None if there is none, or only of values that are ruled out."""
        fitting = (one for one in self.mentions if one.attribute == attribute)
        return next((one for one in fitting if attribute in SCALES or one.strength > 0), None)

    def strength(self, attribute: str) -> float:
        """Strength of a scale, from -2 to 2; 0 if it is not named."""
        mention = self.find(attribute)
        return mention.strength if mention else 0.0

    def value(self, attribute: str) -> str:
        """Value of gender, age or accent; empty if it is not named."""
        mention = self.find(attribute)
        return mention.value if mention else ""

    def ruled_out(self, attribute: str) -> frozenset[str]:
        """Values that the description rules out: `not British`."""
        return frozenset(one.value for one in self.mentions if one.attribute == attribute and attribute not in SCALES and one.strength < 0)


def read_description(text: str) -> Description:
    """Read a description in English, German, Spanish or French, or in a mixture of them."""
    return _Reading(text).read()


def _combine(factor: float, degree: str) -> float:
    """Factor of a degree after an earlier one: not very deep is less than not deep."""
    return factor * DEGREES["slight" if factor < 0 and degree == "strong" else degree]


class _Reading:
    def __init__(self, text: str) -> None:
        self.words = [match[0].casefold() for match in WORD.finditer(text)]
        self.mentions: list[Mention] = []
        self.contradictions: list[str] = []
        self.not_understood: list[str] = []

    def read(self) -> Description:
        factor, factor_place = 1.0, -REACH - 1
        for place, match in self._matches():
            said = " ".join(self.words[place : place + (match.length if match else 1)])
            if match is None:
                self.not_understood.append(said)
                continue
            if match.meanings[0].attribute == DEGREE:
                factor = _combine(factor if place - factor_place <= REACH else 1.0, match.meanings[0].value)
                factor_place = place + match.length - 1
                continue
            strength = factor if place - factor_place <= REACH else 1.0
            for meaning in match.meanings:
                if meaning.attribute != SILENT:
                    self._mention(meaning, said=said, strength=strength)
                    factor_place = -REACH - 1
        return Description(tuple(self.mentions), tuple(self.contradictions), tuple(dict.fromkeys(self.not_understood)))

    def _matches(self) -> Iterator[tuple[int, Match | None]]:
        """Every word or phrase with its meaning: of the language that knows most of the words, else of another one."""
        place = 0
        order = self._order()
        while place < len(self.words):
            match = self._find_number(place) or next(
                (found for one in order if (found := vocabularies()[one].find(self.words, place))), None
            )
            yield place, match
            place += match.length if match else 1

    def _order(self) -> Sequence[str]:
        def known(language: str) -> int:
            return sum(vocabularies()[language].find(self.words, place) is not None for place in range(len(self.words)))

        return sorted(vocabularies(), key=known, reverse=True)

    def _find_number(self, place: int) -> Match | None:
        """A number is an age in years."""
        word = self.words[place]
        age = next((value for limit, value in AGES if word.isdigit() and 2 < int(word) < limit), "")
        return Match(1, (Meaning("age", age),)) if age else None

    def _mention(self, meaning: Meaning, *, said: str, strength: float) -> None:
        if meaning.attribute in SCALES:
            self._mention_scale(meaning, said=said, strength=strength * SIGNS[meaning.attribute, meaning.value])
            return
        earlier = [one for one in self.mentions if one.attribute == meaning.attribute and (one.strength > 0) == (strength > 0)]
        same = next((one for one in earlier if one.value == meaning.value), None)
        if same is not None:
            same.words.append(said)
        elif strength > 0 and earlier:
            self.contradictions.append(said)
        else:
            self.mentions.append(Mention(meaning.attribute, meaning.value, [said], strength))

    def _mention_scale(self, meaning: Meaning, *, said: str, strength: float) -> None:
        """A second word for a scale strengthens it by half; one for its other end weakens it."""
        earlier = next((one for one in self.mentions if one.attribute == meaning.attribute), None)
        if earlier is None:
            limited = max(-LARGEST_STRENGTH, min(strength, LARGEST_STRENGTH))
            self.mentions.append(Mention(meaning.attribute, meaning.value, [said], limited))
            return
        earlier.words.append(said)
        earlier.strength = max(-LARGEST_STRENGTH, min(earlier.strength + strength / 2, LARGEST_STRENGTH))
