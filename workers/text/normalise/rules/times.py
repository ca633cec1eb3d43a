"""Times of day."""

import re
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.values import Number, TimeOfDay
from workers.text.normalise.rules.zones import has_zone_or_day

HALF: Final = r"\s?([AaPp])\.?\s?[Mm](?![^\W_])\.?"
CLOCK: Final = re.compile(rf"(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:(?:\.\d{{1,9}})?(?:Z|[+-]\d\d:\d\d))?)?(?![\d:])(?:{HALF})?")
LETTER_CLOCK: Final = re.compile(r"(\d{1,2})\s?[hH]\s?(\d{2})(?![^\W_])(\s?min(?![^\W_]))?")
HOUR_AND_HALF: Final = re.compile(rf"(\d{{1,2}}){HALF}")
HOUR_LETTER: Final = re.compile(r"(\d{1,2})\s?[hH](?![^\W_])")
DOTTED_HALF: Final = re.compile(rf"(\d{{1,2}})\.(\d{{2}}){HALF}")
"""2.30 pm, as the British write it."""
GERMAN_DOT: Final = re.compile(r"(\d{1,2})\.(\d{2})(?=\sUhr)")
ITALIAN_DOT: Final = re.compile(r"(\d{1,2})\.(\d{2})()(?!\d|[.,]\d)")
ITALIAN_START: Final = re.compile(r"\d\.\d{2}[-–]$")
AFTER: Final = {"hi": re.compile(r"\s?बजे"), "de": re.compile(r"\s(?:Uhr|h)(?![^\W_])"), "es": re.compile(r"\s?(?:hs?|horas)(?![^\W_])\.?"), "fr": re.compile(r"\s?h(?![^\W_])"),
                "pt": re.compile(r"\s?h(?![^\W_])"), "it": re.compile(r"\s?h(?![^\W_])")}  # fmt: skip
DURATION_LANGUAGES: Final = frozenset(("pt", "es", "it"))
"""Languages in which 1 h 30 min is a duration and not a time of day; in French both sound the same."""
LETTER_LANGUAGES: Final = frozenset(("fr", "pt", "es", "it"))


def read_time(context: Context, position: int) -> Reading | None:
    """A time that begins with a digit."""
    language = context.language
    match = CLOCK.match(context.text, position)
    if match:
        half = f"{match[4].lower()}m" if match[4] else ""
        return _found(context, match, TimeOfDay(int(match[1]), int(match[2]), int(match[3] or -1), half))
    match = DOTTED_HALF.match(context.text, position) if language.code == "en" else None
    if match:
        return _found(context, match, TimeOfDay(int(match[1]), int(match[2]), half=f"{match[3].lower()}m"))
    match = HOUR_AND_HALF.match(context.text, position)
    if match and (language.code in {"en", "es", "pt"}):
        return _found(context, match, TimeOfDay(int(match[1]), half=f"{match[2].lower()}m"))
    match = LETTER_CLOCK.match(context.text, position) if language.code in LETTER_LANGUAGES else None
    if match is None and language.code == "de":
        match = GERMAN_DOT.match(context.text, position)
    if match is None and language.code == "it" and _is_italian_hour(context, position):
        match = ITALIAN_DOT.match(context.text, position)
    if match and language.code in DURATION_LANGUAGES and match[3]:
        hours, minutes = (language.count(Number(str(int(match[at]))), language.units[unit]) for at, unit in ((1, "h"), (2, "min")))
        return Reading(match.end(), f"{hours} {language.and_} {minutes}")
    if match:
        return _found(context, match, TimeOfDay(int(match[1]), int(match[2])))
    match = HOUR_LETTER.match(context.text, position) if language.code == "pt" else None
    before = context.word_before(position).lower() if match else ""
    return _found(context, match, TimeOfDay(int(match[1]))) if match and before in {"às", "as", "das", "até"} else None


def _is_italian_hour(context: Context, position: int) -> bool:
    """True if a time is announced: alle 14.30, ore 9.00-17.00."""
    is_end = ITALIAN_START.search(context.text[max(0, position - 7) : position]) is not None
    return is_end or context.word_before(position).lower() in {"alle", "ore", "dalle"}


def _found(context: Context, match: re.Match[str], time: TimeOfDay) -> Reading | None:
    if not time.exists:
        return None
    end = match.end()
    if match[0].endswith(".") and (context.ends_sentence(end) or context.precedes_figure(end)) and not has_zone_or_day(context, end):
        end -= 1
    tail = AFTER.get(context.language.code)
    after = tail.match(context.text, end) if tail else None
    return Reading(after.end() if after else end, context.language.time(time, before=context.word_before(match.start())))
