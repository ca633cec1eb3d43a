"""Explanation of a design: each attribute that was understood, and what it did."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps.voice_design.description import Description, Mention
from apps.voice_design.traits import mean_traits, voice_traits


@dataclass(frozen=True, slots=True)
class Understood:
    """One attribute of a description."""

    attribute: str
    value: str
    words: tuple[str, ...]
    strength: float
    """1 for the plain word, more for `very`, less for `slightly`, negative for `not` or the lower end of a scale."""
    effect: str
    """One sentence."""


def explain(
    described: Description, *, weights: Mapping[str, int], pace: float, accent: str, pool: Collection[str], lender: str
) -> tuple[Understood, ...]:
    """Each mention with its effect on the mix. pool: the voices among which the design chose. lender: voice of the other gender that has the
    accent; empty where it needs none.
    """
    sound, others = mean_traits(weights), [voice_traits()[voice] for voice in pool]
    effects = {
        "pitch": f"Voices with a mean pitch of about {sound.pitch_hertz:.0f} Hz were chosen, of "
        f"{min(one.pitch_hertz for one in others):.0f} to {max(one.pitch_hertz for one in others):.0f} Hz.",
        "warmth": f"Voices whose low sounds are about {sound.warmth_decibels:.1f} dB above the high ones were chosen, of "
        f"{min(one.warmth_decibels for one in others):.1f} to {max(one.warmth_decibels for one in others):.1f} dB.",
        "energy": f"Voices whose pitch varies by about {sound.pitch_range_semitones:.1f} semitones were chosen, of "
        f"{min(one.pitch_range_semitones for one in others):.1f} to {max(one.pitch_range_semitones for one in others):.1f}.",
        "pace": f"The voice speaks at {pace:g} times the usual speed of its mix.",
    }
    lent = ""
    if lender:
        parts = f"{weights[lender]} of the {sum(weights.values())} parts of the mix"
        lent = f"No built-in voice of this gender has the accent {accent!r}: {lender}, of the other gender, gives it with {parts}."
    return tuple(
        _understood(mention, effect=effects.get(mention.attribute) or _named_effect(mention, accent=accent, lent=lent))
        for mention in described.mentions
    )


def _understood(mention: Mention, *, effect: str) -> Understood:
    return Understood(mention.attribute, mention.value, tuple(mention.words), round(mention.strength, 2), effect)


def _named_effect(mention: Mention, *, accent: str, lent: str) -> str:
    """lent: sentence about an accent that a voice of the other gender gives, or empty."""
    if mention.strength < 0 and mention.attribute == "age":
        return "No voice is labelled with an age, so that this was not followed."
    if mention.strength < 0:
        return f"Voices with this {mention.attribute} were left out."
    if mention.attribute == "gender" and lent:
        return f"The {mention.value} voices of the mix set its pitch."
    if mention.attribute == "gender":
        return "Voices of both genders were mixed." if mention.value == "neutral" else f"Only {mention.value} voices were chosen."
    if mention.attribute == "accent":
        return lent or f"The voice speaks with the accent {accent!r}."
    return "No voice is labelled with an age: pitch, warmth, energy and pace follow it instead."
