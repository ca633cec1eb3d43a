"""interpret-as="time"."""

import re
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.values import TimeOfDay
from workers.text.say_as.errors import SayAsError

CLOCK: Final = re.compile(
    r"(\d{1,2})(?:\s?(?:[:.]|h|H|Uhr)\s?(\d{2})(?:\s?(?::|min|m|'|\.)\s?(\d{2})(?:[.,]\d{1,9})?)?)?\s?(?:h|H|Uhr|hs|min|s)?\s?(?:([AaPp])\.?\s?[Mm]\.?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?"
)
COMPACT: Final = re.compile(r"(\d{2})(\d{2})(\d{2})?")
IDEOGRAPHIC: Final = re.compile(r"(\d{1,2})[時时点點](?:(\d{1,2})分(?:(\d{1,2})秒)?)?()")
FORMATS: Final = re.compile(r"h{1,2}m{0,2}s{0,2}(?:12|24|Z)?", re.IGNORECASE)


def say_time(text: str, *, language: Language, format: str, before: str) -> str:  # noqa: A002  # SSML's own word
    """Time of day. format: hms12 or hms24 (and their parts); it is only validated, since the text says as much."""
    if format and not FORMATS.fullmatch(format.replace(":", "")):
        raise SayAsError(f"unknown time format: {format!r}; use hms12 or hms24")
    body = text.strip()
    match = CLOCK.fullmatch(body) or COMPACT.fullmatch(body) or IDEOGRAPHIC.fullmatch(body)
    if not match:
        raise SayAsError(f"not a time: {text!r}")
    half = match[4] if match.re is CLOCK else None
    time = TimeOfDay(int(match[1]), int(match[2] or 0), int(match[3] or -1), f"{half.lower()}m" if half else "")
    if not time.exists:
        raise SayAsError(f"no such time: {text!r}")
    return language.time(time, before=before)
