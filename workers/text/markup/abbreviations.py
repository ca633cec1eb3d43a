"""Abbreviations whose full stop does not end a sentence: English ones, and those of other languages before names and numbers."""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BEFORE_A_NAME: Final = _words(
    "mr mrs ms mx dr prof rev fr hon pres gov sen rep gen col maj capt cmdr cpl lt sgt adm supt msgr messrs vs v cf viz e.g i.e eg ie al "
    "sra srta sres dra dña mme mmes mlle mlles mm hr hrn sig dott avv srs profa c.-à-d z.b d.h p.ej p.ex "
    "डॉ श्री प्रो श्रीमती सुश्री कु"
)
"""Abbreviations that never end a sentence; titles of other languages too, so that no long text is cut after one."""

BEFORE_A_NUMBER: Final = _words(
    "no nos nr fig figs vol vols art sec ch chap p pp op pt approx ca c eq tel ext núm pág págs pag pagg kap abs abb bd ziff tél teléf"
)
"""Abbreviations before a number, ordinary words otherwise."""

ANYWHERE: Final = _words(
    "jr sr inc ltd co corp bros dept univ assn st ste mt ft ave blvd rd ln hwy apt bldg ph.d "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri"
)
"""Abbreviations inside a sentence or at its end: the following word decides. Months and days only with their capital: a bill may mar the
day.
"""

SENTENCE_STARTERS: Final = _words(
    "the this that these those he she it we they you i a an but and so or yet then there here his her its our their my your in on at if when while "
    "after before as for however what who why how where which no yes not now one some many most all both each every let please is are was were do "
    "does did can could will would should may might must has have had to from with by of once since though although because until unless"
)
"""Capitalised words that begin a sentence far more often than they continue one as a name."""

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
