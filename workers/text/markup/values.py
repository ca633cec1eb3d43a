"""Readers of attribute values. Each raises ValueError with a message for the customer."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from workers.contract.markup import FASTEST_RATE, LOUDEST_DECIBELS, SILENT_DECIBELS, SLOWEST_RATE
from workers.contract.tags import is_tag, normalise_tag

Reader = Callable[[str], str | float]

LONGEST_BREAK_SECONDS: Final = 10.0
LONGEST_ALIAS: Final = 200
LONGEST_PHONEMES: Final = 250
LONGEST_VOICE: Final = 100
LONGEST_HINT: Final = 40

BREAK_SECONDS: Final[Mapping[str, float]] = {"none": 0.0, "x-weak": 0.25, "weak": 0.5, "medium": 0.75, "strong": 1.0, "x-strong": 1.25}
"""Pauses by strength; SSML leaves them to the engine, these are Azure's."""

RATES: Final[Mapping[str, float]] = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.5}
VOLUMES: Final[Mapping[str, float]] = {
    "silent": SILENT_DECIBELS,
    "x-soft": -12.0,
    "soft": -6.0,
    "medium": 0.0,
    "default": 0.0,
    "loud": 3.0,
    "x-loud": 6.0,
}
"""Volumes by name: a step of 6 dB halves the amplitude; upwards, normal speech has room for only 3 dB."""

EMPHASIS: Final = ("strong", "moderate", "reduced", "none")

INTERPRETATIONS: Final[Mapping[str, str]] = {
    "cardinal": "cardinal",
    "number": "cardinal",
    "ordinal": "ordinal",
    "date": "date",
    "time": "time",
    "telephone": "telephone",
    "phone": "telephone",
    "currency": "currency",
    "money": "currency",
    "spell-out": "spell-out",
    "characters": "spell-out",
    "verbatim": "spell-out",
    "digits": "spell-out",
}
"""Values of interpret-as, including those of other vendors, and their meaning."""

DATE_FORMATS: Final = frozenset({"mdy", "dmy", "ymd", "ydm", "md", "dm", "my", "ym", "y", "m", "d"})
TIME_FORMATS: Final = frozenset({"hms12", "hms24"})

_NUMBER: Final = r"[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}"
_DURATION: Final = re.compile(rf"\+?({_NUMBER})\s?(ms|s)", re.ASCII)
_RATE: Final = re.compile(rf"([+-]?)({_NUMBER})(%?)")
_DECIBELS: Final = re.compile(rf"([+-]?(?:{_NUMBER}))\s?db", re.ASCII)
_REPEATED_LETTER: Final = re.compile(r"([a-z])\1+")


def one_of(names: Collection[str]) -> Reader:
    """Reader of one of some words, in any case."""

    def read(value: str) -> str:
        folded = value.strip().lower()
        if folded not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return folded

    return read


def short_text(longest: int) -> Reader:
    """Reader of a non-empty text of limited length."""

    def read(value: str) -> str:
        if not value.strip():
            raise ValueError("must not be empty")
        if len(value) > longest:
            raise ValueError(f"must have at most {longest} characters")
        return value.strip()

    return read


def read_hint(value: str) -> str:
    """Format or detail: free text for the reader of its type."""
    if len(value) > LONGEST_HINT:
        raise ValueError(f"must have at most {LONGEST_HINT} characters")
    return value.strip().lower()


def read_interpretation(value: str) -> str:
    """Canonical name of an interpret-as value."""
    folded = value.strip().lower()
    if folded not in INTERPRETATIONS:
        raise ValueError("must be one of cardinal, ordinal, date, time, telephone, currency, spell-out (also characters)")
    return INTERPRETATIONS[folded]


def read_date_format(value: str) -> str:
    """Order of day, month and year: `dmy`; other vendors' `ddmmyyyy` and `dd/mm/yyyy` are equivalent."""
    letters = _REPEATED_LETTER.sub(r"\1", "".join(character for character in value.lower() if character not in " -/._"))
    if letters and letters not in DATE_FORMATS:
        raise ValueError(f"must be one of {', '.join(sorted(DATE_FORMATS))} for a date")
    return letters


def read_time_format(value: str) -> str:
    """hms12 or hms24."""
    folded = value.strip().lower()
    if folded and folded not in TIME_FORMATS:
        raise ValueError("must be hms12 or hms24 for a time")
    return folded


def read_duration(value: str) -> float:
    """Seconds of `500ms`, `1.5s`."""
    match = _DURATION.fullmatch(value.strip().lower())
    if match is None:
        raise ValueError("must be a time such as 500ms or 1.5s")
    seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
    if seconds > LONGEST_BREAK_SECONDS:
        raise ValueError(f"must be at most {LONGEST_BREAK_SECONDS:g} s")
    return seconds


def read_strength(value: str) -> float:
    """Seconds of a break strength."""
    return BREAK_SECONDS[str(one_of(BREAK_SECONDS)(value))]


def read_rate(value: str) -> float:
    """Multiplier of `slow`, `80%`, `+20%`, `1.2`, clamped to the supported range."""
    folded = value.strip().lower()
    if folded in RATES:
        return RATES[folded]
    match = _RATE.fullmatch(folded)
    if match is None or (match[1] and not match[3]):
        raise ValueError(f"must be one of {', '.join(RATES)}, a percentage such as 80% or +20%, or a multiplier such as 1.2")
    number = float(match[2]) / (100 if match[3] else 1)
    rate = 1 + number if match[1] == "+" else 1 - number if match[1] == "-" else number
    if rate <= 0:
        raise ValueError("must leave a rate above zero")
    return clamp_rate(rate)


def read_volume(value: str) -> float:
    """Gain in decibels of `soft`, `+6dB`, `-3dB`."""
    folded = value.strip().lower()
    if folded in VOLUMES:
        return VOLUMES[folded]
    match = _DECIBELS.fullmatch(folded)
    if match is None:
        raise ValueError(f"must be one of {', '.join(VOLUMES)}, or decibels such as +6dB or -3dB")
    return clamp_decibels(float(match[1]))


def read_language(value: str) -> str:
    """Lower-case language tag, `en-gb`."""
    tag = normalise_tag(value)
    if not is_tag(tag):
        raise ValueError("must be a language such as en or en-GB")
    return tag


def clamp_rate(rate: float) -> float:
    """Nearest supported rate."""
    return round(min(max(rate, SLOWEST_RATE), FASTEST_RATE), 4)


def clamp_decibels(decibels: float) -> float:
    """Nearest supported volume."""
    return round(min(max(decibels, SILENT_DECIBELS), LOUDEST_DECIBELS), 4)
