"""Accents that only voices of the other gender have: one of them takes a part of the mix that leaves its gender as it is."""

from collections.abc import Collection, Mapping
from typing import Final

from apps.voice_design.traits import mean_traits, voice_traits

PARTS: Final = 10
LENT_PARTS: Final = (2, 3)
"""Parts of a mix that the voice of the other gender may have. More blur the gender, and pitches that the description asks for."""
OWN_VOICES: Final = 2
"""Most voices of the mix beside it."""
HIGHEST_MALE_HERTZ, LOWEST_FEMALE_HERTZ = 130.0, 190.0
"""Expected pitch up to which a mix was heard as a man's by `workers.recognition.pitch`, whatever its voices; and 15 Hz above what that judge
asks of a woman's, as for a man's below.
"""


def lend_accent(weights: Mapping[str, int], *, lenders: Collection[str], is_male: bool) -> dict[str, int]:
    """Weights of the mix with the lender nearest in pitch, which has as many parts as the mix's gender allows. lenders: not empty."""
    own = mean_traits(weights)
    lender = min(lenders, key=lambda voice: (abs(voice_traits()[voice].octaves - own.octaves), voice))
    mixes = [_mixed(weights, lender=lender, parts=parts) for parts in LENT_PARTS]
    return next((mix for mix in reversed(mixes) if _has_gender(mix, is_male=is_male)), mixes[0])


def _mixed(weights: Mapping[str, int], *, lender: str, parts: int) -> dict[str, int]:
    kept = sorted(weights, key=lambda voice: -weights[voice])[:OWN_VOICES]
    total, room = sum(weights[voice] for voice in kept), PARTS - parts
    mix = {voice: round(room * weights[voice] / total) for voice in kept[1:]}
    return {kept[0]: room - sum(mix.values()), **mix, lender: parts}


def _has_gender(weights: Mapping[str, int], *, is_male: bool) -> bool:
    hertz = mean_traits(weights).pitch_hertz
    return hertz <= HIGHEST_MALE_HERTZ if is_male else hertz >= LOWEST_FEMALE_HERTZ
