"""English streets: St. and Dr. after a name are a street, before one a saint and a doctor."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import LOOK_BACK, Context, Reading
from workers.text.normalise.tables import load_table

NAME_BEFORE: Final = re.compile(r"(?:^|[^\w'’])([^\W\d_]{1,30}(?:['’][^\W\d_]{1,2})?) $")
RANK_BEFORE: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:st|nd|rd|th) $")


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(load_table("streets")["words"][key].split())


@cache
def street_names() -> dict[str, str]:
    """Spoken name by abbreviation, without its full stop."""
    return dict(load_table("streets")["names"])


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(street_names(), key=len, reverse=True)))
    return re.compile(rf"({names})(\.?)(?![^\W_])")


def read_street(context: Context, position: int) -> Reading | None:
    """Abbreviation after a name or an ordinal: 1st St., Elm St, Mulholland Dr."""
    match = _pattern().match(context.text, position) if context.language.code == "en" else None
    if not match or context.character(position - 1) != " " or not _is_street(context, match[1], position, match.end()):
        return None
    end = match.end()
    is_end = context.ends_sentence(end) or (context.precedes_figure(end) and match[1] not in _words("numbered"))
    is_kept = match[2] != "" and is_end and context.word_after(end) not in _words("directions")
    return Reading(end - is_kept, street_names()[match[1]])


def _is_street(context: Context, name: str, position: int, end: int) -> bool:
    after = context.word_after(end) if context.character(end) == " " else ""
    is_doctor = name == "Dr"
    if after in _words("saints") if name == "St" else is_doctor and after[:1].isupper():
        return False
    before = context.text[max(0, position - LOOK_BACK) : position]
    if RANK_BEFORE.search(before):
        return True
    street = NAME_BEFORE.search(before)
    return street is not None and street[1][0].isupper() and street[1] not in _words("no_names" if is_doctor else "before_saints")
