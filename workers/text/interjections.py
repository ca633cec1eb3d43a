"""Interjections such as Shhh and Brrr, and drawn-out words such as sooo, which a G2P would spell or misread."""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from workers.contract.tags import primary_tag

REPEATED: Final = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}(?=[^\w]*$)|([aeiouáéíóúàèìòùâêôãõ])\2{2,}|([^\W\d_])\3{3,}", re.IGNORECASE)
"""Letters that a language with regular spelling never repeats so often."""
GERMAN_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}(?=[^\w]*$)|([^\W\d_])\2{3,}", re.IGNORECASE)
"""German repeats a letter three times inside compounds: Schifffahrt, Seeelefant."""
MOST_RUNS: Final = 4
LONGEST: Final = 60
"""Most characters of a word that are examined."""


@cache
def _sounds() -> list[dict[str, Any]]:
    return list(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["sound"])


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{sound['spelling']}>{sound['pattern']})" for sound in _sounds()))


def find_sound(word: str) -> str:
    """Usual spelling of an interjection in any case and length (shh for SHHHH), or an empty string."""
    match = _pattern().fullmatch(word.lower()) if len(word) <= LONGEST else None
    return str(match.lastgroup) if match else ""


@cache
def sound_phonemes(language: str) -> dict[str, str]:
    """Phonemes of each interjection in a language, by its usual spelling."""
    return {sound["spelling"]: str(sound.get(primary_tag(language)) or sound["other"]) for sound in _sounds()}


def shorten_word(word: str, *, language: str) -> str:
    """Usual spelling of a drawn-out word in a language with regular spelling: no for nooo."""
    if len(set(word.lower())) == 1:  # www, xxx
        return word
    pattern = GERMAN_DRAWN_OUT if primary_tag(language) == "de" else DRAWN_OUT
    return pattern.sub(lambda match: match[0][0], word)


def shorten_english_word(word: str, *, is_known: Callable[[str], bool]) -> str:
    """Usual spelling of a drawn-out English word from the lexicon: good for goood, so for sooo; with letters doubled if it has none."""
    if len(word) > LONGEST or len(set(word.lower())) == 1 or not REPEATED.search(word) or is_known(word.lower()):
        return word
    return next((one for one in _shorter_words(word) if is_known(one.lower())), REPEATED.sub(r"\1\1", word))


def _shorter_words(word: str) -> Iterator[str]:
    """The word with each repeated letter twice or once, twice first."""
    runs = list(REPEATED.finditer(word))[:MOST_RUNS]
    for counts in product((2, 1), repeat=len(runs)):
        pieces, position = [], 0
        for run, count in zip(runs, counts, strict=True):
            pieces.append(word[position : run.start() + count])
            position = run.end()
        yield "".join([*pieces, word[position:]])
