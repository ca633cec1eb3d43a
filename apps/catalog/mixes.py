"""Mixes of voices by weights, as messages carry them."""

import math
from collections import defaultdict
from collections.abc import Sequence

from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import list_models
from apps.core.errors import InvalidRequestError
from workers.contract.voices import VoiceRef, VoiceWeight

Members = Sequence[tuple[VoiceRef, float]]
"""Voices with their weights, above 0."""


def mix_voices(members: Members, *, engine: EngineRow) -> VoiceRef:
    """The mix in the language with the most weight, the first of equals; it speaks every language of the model.

    A mix with the account's own voice keeps that voice's id and file, and the shares of the built-in ones beside it. 400 mix_not_supported.
    """
    if not engine.spec.has_mixing:
        able = ", ".join(one.id for one in list_models() if one.spec.has_mixing) or "none"
        message = f"The model {engine.id!r} does not mix voices. Models that do: {able}."
        raise InvalidRequestError(message, code="mix_not_supported", param="voice")
    members = _add_up(members)
    if len(members) == 1:
        return members[0][0]
    own = [voice for voice, _ in members if not voice.is_built_in]
    if len(own) > 1:
        names = ", ".join(repr(voice.id) for voice in own)
        message = f"A mix takes one voice of your own, not {names}; the others are built-in ones."
        raise InvalidRequestError(message, code="mix_not_supported", param="voice")
    total = math.fsum(weight for _, weight in members)
    languages = {voice.language: math.fsum(weight for other, weight in members if other.language == voice.language) for voice, _ in members}
    language = max(languages, key=languages.__getitem__)
    gender = _gender_of(members)
    if own:
        shares = tuple(VoiceWeight(voice.id, weight / total) for voice, weight in members if voice.is_built_in)
        return VoiceRef(
            own[0].id, language, gender, own[0].engine, own[0].version, own[0].conditioning, transcript=own[0].transcript, weights=shares
        )
    weights = tuple(VoiceWeight(voice.id, weight) for voice, weight in members)
    return VoiceRef(mix_name(members), language, gender, engine.id, engine.version, weights=weights)


def mix_name(members: Members) -> str:
    """The mix as requests spell it: `af_bella(2)+af_sky(1)`."""
    return "+".join(f"{voice.id}({weight:g})" for voice, weight in members)


def _add_up(members: Members) -> list[tuple[VoiceRef, float]]:
    """Each voice once, though two names may stand for it."""
    weights: dict[VoiceRef, float] = defaultdict(float)
    for voice, weight in members:
        weights[voice] += weight
    return list(weights.items())


def _gender_of(members: Members) -> str:
    """Gender of more than half of the mix; neutral otherwise."""
    total = math.fsum(weight for _, weight in members)
    shares = {gender: math.fsum(weight for voice, weight in members if voice.gender == gender) for gender in ("female", "male")}
    return next((gender for gender, share in shares.items() if share > total / 2), "neutral")
