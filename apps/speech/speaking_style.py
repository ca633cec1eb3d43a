"""Maps delivery hints in words to settings of every model: pace, loudness, pauses. Hints that are not understood give a warning."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SpeakingStyle:
    """Pace, loudness and pauses of a text, in addition to the request's own speed."""

    rate: float = 1.0
    gain_decibels: float = 0.0
    pause_scale: float = 1.0
    is_understood: bool = True
    """False if no hint can be followed."""


@dataclass(frozen=True, slots=True)
class _Hint:
    pattern: str
    rate: float = 1.0
    gain_decibels: float = 0.0
    pause_scale: float = 1.0


HINTS: Final = (
    _Hint(r"(?:very|extremely|really) (?:slow|slowly)", rate=0.75, pause_scale=1.4),
    _Hint(r"slow(?:ly|er)?|unhurried(?:ly)?|take your time|leisurely", rate=0.87, pause_scale=1.2),
    _Hint(r"(?:very|extremely|really) (?:fast|quick(?:ly)?)", rate=1.35, pause_scale=0.7),
    _Hint(r"fast(?:er)?|quick(?:ly|er)?|rapid(?:ly)?|hurried(?:ly)?|brisk(?:ly)?", rate=1.18, pause_scale=0.8),
    _Hint(r"whisper(?:ed|ing|s)?", rate=0.95, gain_decibels=-10.0),
    _Hint(r"quiet(?:ly|er)?|soft(?:ly|er)?|gentl[ey]|hushed|in a low voice", gain_decibels=-5.0),
    _Hint(r"shout(?:ed|ing)?|yell(?:ing)?|scream(?:ing)?", rate=1.05, gain_decibels=6.0),
    _Hint(r"loud(?:ly|er)?|project(?:ing)? your voice|forceful(?:ly)?", gain_decibels=4.0),
    _Hint(r"(?:long(?:er)?|many|frequent|dramatic) pauses?|pause often", pause_scale=1.8),
    _Hint(r"(?:short(?:er)?|few|no|without) pauses?|without pausing", pause_scale=0.5),
    _Hint(
        r"calm(?:ly|ing)?|relax(?:ed|ing)|sooth(?:ed|ing)(?:ly)?|warm(?:ly)?|sad(?:ly)?|sombre|solemn(?:ly)?", rate=0.94, pause_scale=1.15
    ),
    _Hint(
        r"excite(?:d|dly|ment)|energetic(?:ally)?|enthusias(?:m|tic|tically)|urgent(?:ly)?|cheerful(?:ly)?", rate=1.08, gain_decibels=1.5
    ),
)
"""Hints by precedence: the first of two hints about pace counts, "very slowly" before "slowly"."""

_COMPILED: Final = tuple((re.compile(rf"\b(?:{hint.pattern})\b"), hint) for hint in HINTS)
_DENIED: Final = re.compile(r"\b(?:not|don't|do not|never|without being|less)(?: \w+)? $")

SLOWEST_RATE, FASTEST_RATE = 0.5, 2.0


def read_instructions(instructions: str | None) -> SpeakingStyle:
    """Parse the hints that can be followed. "not too fast" has no effect."""
    text = " ".join((instructions or "").lower().replace("’", "'").split())
    if not text:
        return SpeakingStyle()
    found: list[_Hint] = []
    for pattern, hint in _COMPILED:
        match = pattern.search(text)
        if match is None or _DENIED.search(text[: match.start()]):
            continue
        text = f"{text[: match.start()]}{' ' * 3}{text[match.end() :]}"
        if not (hint.rate != 1.0 and any(other.rate != 1.0 and (other.rate < 1) == (hint.rate < 1) for other in found)):
            found.append(hint)
    rate, gain, pauses = 1.0, 0.0, 1.0
    for hint in found:
        rate, gain, pauses = rate * hint.rate, gain + hint.gain_decibels, pauses * hint.pause_scale
    return SpeakingStyle(min(max(rate, SLOWEST_RATE), FASTEST_RATE), min(max(gain, -20.0), 10.0), min(max(pauses, 0.3), 3.0), bool(found))


def _described(delivery: SpeakingStyle) -> str:
    """`pace 0.87, loudness -5 dB, pauses 1.2`."""
    changes = (
        f"pace {delivery.rate:.3g}" if delivery.rate != 1 else "",
        f"loudness {delivery.gain_decibels:+g} dB" if delivery.gain_decibels else "",
        f"pauses {delivery.pause_scale:.3g}" if delivery.pause_scale != 1 else "",
    )
    return ", ".join(filter(None, changes)) or "none that differs from the usual"


def instruction_warnings(instructions: str | None) -> list[str]:
    """Warnings about hints that a model cannot follow."""
    if not (instructions or "").strip():
        return []
    delivery = read_instructions(instructions)
    if delivery.is_understood:
        return [
            f"instructions: the model follows no delivery hints; they were mapped to {_described(delivery)}, and nothing else of them is heard."
        ]
    return ["instructions: the model follows no delivery hints, and these name no pace, loudness or pauses; they were ignored."]
