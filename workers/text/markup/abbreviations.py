"""Abbreviations whose full stop does not end a sentence (abbreviations.toml): English ones, and those of other languages before names and numbers."""

import re
import tomllib
from pathlib import Path
from typing import Final

_TABLE: Final = {
    name: frozenset(words.split()) for name, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
BEFORE_A_NAME: Final = _TABLE["before_a_name"]
BEFORE_A_NUMBER: Final = _TABLE["before_a_number"]
ANYWHERE: Final = _TABLE["anywhere"]
SENTENCE_STARTERS: Final = _TABLE["sentence_starters"]
INITIALS: Final = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
LIST_NUMBER: Final = re.compile(r"[0-9]{1,3}|[A-Za-z]|[ivxIVX]{1,4}")
WORD: Final = re.compile(r"[^\W_]+")


def is_abbreviation(word: str, *, following: str, is_first: bool) -> bool:
    """True if a full stop after `word` belongs to it and the sentence continues with `following`.

    `is_first`: the word opens its segment, so that "1." or "b." is the number of a list item.
    """
    folded = word.casefold()
    if is_first and LIST_NUMBER.fullmatch(word):
        return True
    if folded in BEFORE_A_NAME:
        return True
    if folded in BEFORE_A_NUMBER and following[:1].isdigit():
        return True
    if folded in ANYWHERE or word in ANYWHERE or INITIALS.fullmatch(word):
        next_word = WORD.match(following)
        return next_word is not None and next_word[0].casefold() not in SENTENCE_STARTERS
    return False
