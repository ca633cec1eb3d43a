"""Currency codes that may be words: TRY 3 more times, PHP 8.3, COP 27."""

import re
from functools import cache
from typing import Any, Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.tables import alternation, load_table

AFTER: Final = re.compile(r"[ \u00a0\u202f]?[-−]?(\d[\d.,\u00a0\u202f]{0,24})")
BEFORE: Final = re.compile(r"\d[ \u00a0\u202f]?$")
FOLLOWING: Final = re.compile(r"[ \u00a0\u202f]?([^\W\d_]{1,24})")
SENTENCE_START: Final = re.compile(r"(?:^|[.!?…\n])[\s\"'“‘«(¿¡–—-]*$")
MONEY_FORM: Final = re.compile(r"\d+[.,]\d{2}|\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?:[.,]\d{2})?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{2})?")
MAGNITUDE: Final = re.compile(rf"[ \u00a0]{alternation(load_table('money_codes')['magnitudes'])}")
LOOK_BACK: Final = 12


@cache
def _followers(code: str) -> frozenset[str]:
    return frozenset(str(load_table("money_codes")["followers"].get(code, "")).split())


def is_money_code(text: str, start: int, end: int, *, language: Language) -> bool:
    """True if text[start:end] is a currency's ISO code beside an amount."""
    code = text[start:end]
    if code not in language.currencies:
        return False
    number = AFTER.match(text, end)
    is_behind = BEFORE.search(text[max(0, start - 3) : start]) is not None
    doubtful = load_table("money_codes")["codes"].get(code)
    if doubtful is None:
        return is_behind or number is not None
    if is_behind:
        following = FOLLOWING.match(text, end)
        return following is None or following[1] not in doubtful["nouns"].split()
    return number is not None and _is_sum(text, start, number, doubtful=doubtful, language=language)


def _is_sum(text: str, start: int, number: re.Match[str], *, doubtful: dict[str, Any], language: Language) -> bool:
    """True if the number after a doubtful code is an amount of money and counts nothing else."""
    figures = number[1].rstrip(".,\u00a0\u202f")
    if MONEY_FORM.fullmatch(figures) or MAGNITUDE.match(text, number.start(1) + len(figures)):
        return True
    if int(re.split(r"\D", figures)[0]) < doubtful["minimum"] or SENTENCE_START.search(text[max(0, start - LOOK_BACK) : start]):
        return False
    following = FOLLOWING.match(text, number.start(1) + len(figures))
    return following is None or following[1].lower() in _followers(language.code)
