"""Designs a voice: from a description to a mix of built-in voices and a pace, explained. Pure, and equal on every machine."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from apps.voice_design.description import SCALES, Description, read_description
from apps.voice_design.explanation import Understood, explain
from apps.voice_design.lent_accents import lend_accent
from apps.voice_design.traits import Scores, mean_traits
from workers.contract.tags import covers_tag, is_same_language

MEMBERS: Final = 3
"""Most voices of a designed mix: each further one draws the sound towards the mean of all."""
PARTS: Final = 10
"""Sum of the weights before rounding."""
VARIANTS: Final = 3
"""Different voices that one description can give."""
LEANING: Final = 1.3
"""Standard deviations from the mean that an attribute of strength 1 asks for."""
UNNAMED_WEIGHT, PACE_WEIGHT = 0.05, 0.2
"""Weights of an attribute that the description does not name, where typical voices come first, and of the pace, which the speed sets exactly."""
CLOSENESS: Final = 0.3
"""Squared distance that is added to each voice's, so that the nearest does not speak alone."""
REGION_PENALTIES: Final = (0.2, 4.0)
"""Squared distance of voices of another region of the language, where the description names no accent, and where it names one."""
LANGUAGE_PENALTIES: Final = (1.5, 8.0)
"""The same of voices of another language."""
PACES: Final[tuple[float, float]] = (0.6, 1.6)
PACE_STEP: Final = 0.18
"""Change of the pace by a strength of 1."""
AGES: Final[Mapping[str, Mapping[str, float]]] = {
    "child": {"pitch": 2.2, "warmth": -0.8, "energy": 0.4, "pace": 0.2},
    "young": {"pitch": 0.5, "warmth": -0.2, "energy": 0.3, "pace": 0.15},
    "middle": {"pitch": -0.2, "energy": -0.1},
    "old": {"pitch": -0.6, "warmth": 0.4, "energy": -0.5, "pace": -0.4},
}
"""Strengths that an age adds to the scales: voices are not labelled with ages, but age is heard in these."""
NEAREST_ACCENTS: Final[Mapping[str, str]] = {"en-au": "en-gb", "en-ie": "en-gb", "en-scotland": "en-gb"}
DEFAULT_ACCENT: Final = "en-us"


@dataclass(frozen=True, slots=True)
class StockVoice:
    """Built-in voice from which designs are mixed."""

    id: str
    language: str
    """Full tag."""
    gender: str


@dataclass(frozen=True, slots=True)
class Design:
    """Designed voice."""

    voice: str
    """Mix as every request takes it in `voice`: `bm_george(6)+bm_lewis(4)`."""
    weights: Mapping[str, int]
    pace: float
    """Speed with which the voice speaks; a request's own speed multiplies it."""
    language: str
    """Full tag of the accent."""
    gender: str
    understood: tuple[Understood, ...]
    not_understood: tuple[str, ...]
    """Words of the description that say nothing known about a voice."""
    warnings: tuple[str, ...]
    variant: int = 0


class EmptyDescriptionError(ValueError):
    """No word of the description says anything known about a voice."""


def design_from(text: str, *, stock: Sequence[StockVoice], language: str = "", variant: int = 0) -> Design:
    """The voice of a description. Raises EmptyDescriptionError.

    stock: not empty, all of which traits are known. language: tag that the voice speaks if the description names no accent. variant: 0 to
    VARIANTS - 1, another voice of the same description.
    """
    described = read_description(text)
    if not described.mentions:
        raise EmptyDescriptionError("no attribute of a voice")
    accent, warnings = _choose_accent(described, stock=stock, language=language)
    pool = _choose_pool(described, stock=stock)
    weights = _mix(described, pool=pool, accent=accent, variant=variant)
    gender = _gender_of(weights, stock=stock)
    lenders = [] if any(is_same_language(accent, voice.language) for voice in pool) else [one.id for one in stock if one.language == accent]
    if lenders:
        weights = lend_accent(weights, lenders=lenders, is_male=gender == "male")
    lender = next((voice for voice in lenders if voice in weights), "")
    pace = _choose_pace(described, weights=weights, pool=[voice.id for voice in pool])
    warnings += _language_warnings(weights, stock=stock, accent=accent)
    warnings += [f"{word!r} contradicts an earlier word and is not followed." for word in described.contradictions]
    understood = explain(described, weights=weights, pace=pace, accent=accent, pool=[voice.id for voice in pool], lender=lender)
    return Design(_expression(weights), weights, pace, accent, gender, understood, described.not_understood, tuple(warnings), variant)


def targets(described: Description) -> dict[str, float]:
    """Standard scores that the description asks for, by attribute; those that it does not name are missing."""
    age = AGES.get(described.value("age"), {})
    wanted = {name: described.strength(name) + age.get(name, 0.0) for name in SCALES}
    return {name: LEANING * strength for name, strength in wanted.items() if described.find(name) or name in age}


def _choose_accent(described: Description, *, stock: Sequence[StockVoice], language: str) -> tuple[str, list[str]]:
    """Tag of the accent, which a stock voice has, and warnings."""
    tags = list(dict.fromkeys(voice.language for voice in stock))
    allowed = [tag for tag in tags if tag not in described.ruled_out("accent")] or tags
    asked = described.value("accent")
    for wanted in filter(None, (asked, NEAREST_ACCENTS.get(asked, ""), language)):
        found = next((tag for tag in allowed if covers_tag(wanted, tag)), None) or next(
            (tag for tag in allowed if wanted == language and is_same_language(wanted, tag)), None
        )
        if found is not None:
            is_other = bool(asked) and not covers_tag(asked, found)
            return found, [f"No built-in voice has the accent {asked!r}; the voice speaks with {found!r}."] if is_other else []
    found = DEFAULT_ACCENT if DEFAULT_ACCENT in allowed else allowed[0]
    return found, [f"No built-in voice has the accent {asked!r}; the voice speaks with {found!r}."] if asked else []


def _choose_pool(described: Description, *, stock: Sequence[StockVoice]) -> list[StockVoice]:
    """Voices of the gender, of any language: those of others stand back in `_mix`."""
    gender, ruled_out = described.value("gender"), described.ruled_out("gender")
    fits = [voice for voice in stock if voice.gender == gender or (gender in {"", "neutral"} and voice.gender not in ruled_out)]
    return fits or list(stock)


def _language_warnings(weights: Mapping[str, int], *, stock: Sequence[StockVoice], accent: str) -> list[str]:
    """Warning of a mix that would speak another language by itself: that with the most weight."""
    shares: dict[str, int] = {}
    for voice, weight in weights.items():
        spoken = next(one.language for one in stock if one.id == voice)
        shares[spoken] = shares.get(spoken, 0) + weight
    language = max(shares, key=shares.__getitem__)
    if language == accent:
        return []
    return [f"Voices of other languages fit best: requests with this mix name `language`, {accent!r}, or they speak {language!r}."]


def _mix(described: Description, *, pool: Sequence[StockVoice], accent: str, variant: int) -> dict[str, int]:
    """Weights of the voices that are nearest to what is asked for, by id. Of one gender, unless a neutral voice is asked for."""
    wanted, scores = targets(described), Scores.among([voice.id for voice in pool])
    is_accent_named, is_neutral = bool(described.value("accent")), described.value("gender") == "neutral"
    if is_neutral:
        wanted.setdefault("pitch", 0.0)

    def distance(voice: StockVoice) -> float:
        found = scores.of(voice.id)
        near = math.fsum(_weight_of(name, wanted) * (found[name] - wanted.get(name, 0.0)) ** 2 for name in found)
        return near + _foreign_penalty(voice.language, accent, is_accent_named=is_accent_named)

    ranked = sorted((round(distance(voice), 9), voice.id, voice.gender) for voice in pool)
    native = {voice.id for voice in pool if voice.language == accent} if is_accent_named else set()
    first = next((one for one in ranked if one[1] in native), ranked[0])
    if not is_neutral:
        ranked = [one for one in ranked if one[2] == first[2]]
    chosen = ranked[variant : variant + MEMBERS] or ranked[-1:]
    if first[1] in native and sum(one[1] in native for one in chosen) < 2:  # two of three voices have the accent anyway
        chosen = _led_by_accent(chosen, first=first, native=native)
    shares = {voice: 1 / (CLOSENESS + found) ** 2 for found, voice, _ in chosen}
    total = math.fsum(shares.values())
    weights = {voice: round(PARTS * share / total) for voice, share in shares.items()}
    speaks_accent = {voice.id for voice in pool if voice.language == accent}  # of equal weights the first sets the mix's language
    return {voice: weights[voice] for voice in sorted(weights, key=lambda one: one not in speaks_accent) if weights[voice] > 0}


def _led_by_accent(
    chosen: Sequence[tuple[float, str, str]], *, first: tuple[float, str, str], native: Collection[str]
) -> list[tuple[float, str, str]]:
    """Voices as (distance, id, gender), of which one of the named accent has the largest weight. first: the nearest of the accent."""
    lead = next((one for one in chosen if one[1] in native), first)
    others = [one for one in chosen if one != lead][: MEMBERS - 1]
    nearest = min(one[0] for one in (lead, *others))
    return [(nearest, *lead[1:]), *others]


def _weight_of(attribute: str, wanted: Mapping[str, float]) -> float:
    if attribute not in wanted:
        return UNNAMED_WEIGHT
    return PACE_WEIGHT if attribute == "pace" else 1.0


def _foreign_penalty(language: str, accent: str, *, is_accent_named: bool) -> float:
    if language == accent:
        return 0.0
    penalties = REGION_PENALTIES if is_same_language(language, accent) else LANGUAGE_PENALTIES
    return penalties[is_accent_named]


def _choose_pace(described: Description, *, weights: Mapping[str, int], pool: Collection[str]) -> float:
    """Speed factor. A pace that the description names is measured from the mean of the voices, whatever the mix's own pace is."""
    strength = described.strength("pace") + AGES.get(described.value("age"), {}).get("pace", 0.0)
    factor = 1.0 + PACE_STEP * strength
    if described.find("pace"):
        factor *= mean_traits(dict.fromkeys(pool, 1.0)).phonemes_per_second / mean_traits(weights).phonemes_per_second
    slowest, fastest = PACES
    return round(max(slowest, min(factor, fastest)), 2)


def _gender_of(weights: Mapping[str, int], *, stock: Sequence[StockVoice]) -> str:
    """Gender of most of the mix; neutral where both have the same share."""
    shares = {gender: sum(weights.get(voice.id, 0) for voice in stock if voice.gender == gender) for gender in ("female", "male")}
    if shares["female"] == shares["male"]:
        return "neutral"
    return max(shares, key=shares.__getitem__)


def _expression(weights: Mapping[str, int]) -> str:
    """A single voice's id, or the mix with its weights."""
    if len(weights) == 1:
        return next(iter(weights))
    return "+".join(f"{voice}({weight})" for voice, weight in weights.items())
