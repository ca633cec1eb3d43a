"""Limits of compositions."""

from collections.abc import Iterable
from typing import Final

from apps.accounts.models import Plan
from apps.core.errors import InvalidRequestError
from apps.speech.text_preparation import MOST_VOICES

MOST_LINES: Final = 500
TEXTS: Final = 20
"""Characters of a composition, in texts of the longest length that the plan takes in one request."""
LONGEST_PAUSE_MS: Final = 10_000
LONGEST_CROSSFADE_MS: Final = 500


def check_size(plan: Plan, texts: Iterable[str], *, param: str) -> None:
    """Raise 400 too_many_lines or text_too_long."""
    lengths = list(map(len, texts))
    if len(lengths) > MOST_LINES:
        pieces = "sentences" if param == "text" else param
        message = f"There are {len(lengths)} {pieces}; at most {MOST_LINES} are taken. Split the text."
        raise InvalidRequestError(message, code="too_many_lines", param=param)
    longest = TEXTS * plan.max_characters
    if sum(lengths) > longest:
        message = f"{param}: {sum(lengths)} characters; the plan {plan.name!r} takes at most {longest}."
        raise InvalidRequestError(message, code="text_too_long", param=param)


def check_voice_count(voices: Iterable[str], *, param: str) -> None:
    """Raise 400 too_many_voices if more voices speak than the markup of one text may name."""
    count = len(set(voices))
    if count > MOST_VOICES:
        message = f"{param}: {count} different voices; at most {MOST_VOICES} speak in one text."
        raise InvalidRequestError(message, code="too_many_voices", param=param)
