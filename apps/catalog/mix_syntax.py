"""Syntax of mixes in place of a voice: `af_bella(2)+af_sky(1)`, and `af_bella+af_sky` for equal shares."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from apps.core.errors import InvalidRequestError

MOST_VOICES: Final = 20
LONGEST_NAME: Final = 1000
"""Most characters of a voice in a request: a mix of MOST_VOICES."""
LARGEST_WEIGHT: Final = 1000.0
_MEMBER: Final = re.compile(r"\s*+([^()+]++)(?:\(([^()+]*+)\)\s*+)?")
_WEIGHT: Final = re.compile(r"\s*+\d{1,9}(?:\.\d{1,9})?\s*+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights by the voices' names, as the request wrote them; names that are given twice add up."""

    weights: Mapping[str, float]


def read_mix(asked: str, *, param: str = "voice") -> Mix | None:
    """The mix that a voice's name spells; None for a plain name. 400 invalid_mix."""
    if not looks_like_mix(asked):
        return None
    pieces = asked.split("+")
    if len(pieces) > MOST_VOICES:
        raise _invalid(f"A mix has at most {MOST_VOICES} voices, not {len(pieces)}.", param=param)
    weights: dict[str, float] = {}
    for piece in pieces:
        match = _MEMBER.fullmatch(piece)
        if match is None:
            raise _invalid(f"{piece[:50]!r} is no voice with a weight. Write a mix as af_bella(2)+af_sky(1).", param=param)
        name = match[1].strip()
        if not name:
            raise _invalid("A mix names a voice on each side of +. Write it as af_bella(2)+af_sky(1).", param=param)
        weights[name] = weights.get(name, 0.0) + _read_weight(match[2], name=name, param=param)
    return Mix(weights)


def looks_like_mix(asked: str) -> bool:
    """True for a name with a plus, and for a single voice with a weight."""
    match = _MEMBER.fullmatch(asked)
    return "+" in asked or bool(match and match[2] is not None and _WEIGHT.fullmatch(match[2]))


def voice_names(asked: str) -> tuple[str, ...]:
    """Names of the voices of a mix, or the name itself. 400 invalid_mix."""
    mix = read_mix(asked)
    return tuple(mix.weights) if mix else (asked,)


def _read_weight(text: str | None, *, name: str, param: str) -> float:
    if text is None:
        return 1.0
    weight = float(text) if _WEIGHT.fullmatch(text) else 0.0
    if not 0.0 < weight <= LARGEST_WEIGHT:
        message = f"The weight {text.strip()[:20]!r} of {name[:50]!r} in the mix is no number above 0 and up to {LARGEST_WEIGHT:g}."
        raise _invalid(message, param=param)
    return weight


def _invalid(message: str, *, param: str) -> InvalidRequestError:
    return InvalidRequestError(message, code="invalid_mix", param=param)
