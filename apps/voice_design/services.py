"""Designs for callers: the description against the voices that their plan and this server have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from apps.accounts.callers import Caller
from apps.catalog.selectors import find_model
from apps.catalog.voices import resolve_voice
from apps.core.errors import InvalidRequestError
from apps.voice_design.designing import VARIANTS, Design, EmptyDescriptionError, StockVoice, design_from
from apps.voice_design.traits import voice_traits
from workers.contract.tags import covers_tag, primary_tag, requested_tag
from workers.text.language import detect_against

MODEL = "kokoro"
"""Model whose built-in voices designs are mixed from."""
LATIN_LANGUAGES: Final = frozenset({"en", "es", "fr", "it", "pt"})
"""Languages of the model whose texts the rules of the other ones read as words, with an accent."""
SPELLING_LANGUAGES: Final = frozenset({"ja"})
"""Languages whose rules spell words in Latin letters."""


def design_voice(caller: Caller, description: str, *, language: str = "", variant: int = 0) -> Design:
    """The voice of a description, to be spoken as `voice=design.voice, speed=design.pace, language=design.language`.

    language: tag for a description that names no accent. 400 description_not_understood, unsupported_language,
    unsupported_variant, model_not_installed, 403 model_not_allowed, 503 model_unavailable.
    """
    if not 0 <= variant < VARIANTS:
        message = f"variant is {variant}; a description has the variants 0 to {VARIANTS - 1}."
        raise InvalidRequestError(message, code="unsupported_variant", param="variant")
    engine = find_model(MODEL, plan=caller.plan)
    known = voice_traits()
    stock = [StockVoice(voice.id, voice.language, voice.gender) for voice in engine.voices.values() if voice.id in known]
    if not engine.spec.has_mixing or not stock:
        raise InvalidRequestError("No model that mixes voices is installed here.", code="model_not_installed")
    tag = requested_tag(language)
    if tag and primary_tag(tag) not in engine.spec.languages:
        message = f"The model {MODEL!r} does not speak {tag[:35]!r}. It speaks {', '.join(engine.spec.languages)}."
        raise InvalidRequestError(message, code="unsupported_language", param="language")
    try:
        return design_from(description, stock=sorted(stock, key=lambda voice: voice.id), language=tag, variant=variant)
    except EmptyDescriptionError:
        message = (
            "No word of the description says anything known about a voice. Name gender, age, accent, pitch, pace, warmth or energy, such "
            "as 'an elderly British man with a deep, warm voice who speaks slowly'."
        )
        raise InvalidRequestError(message, code="description_not_understood", param="description") from None


def language_of_text(caller: Caller, text: str, *, design: Design) -> str:
    """Tag in which a text is read: the design's, whose rules give words of another language its accent. A text that they do not read is read in
    its own language.
    """
    own = primary_tag(design.language)
    found = detect_against(text, among=find_model(MODEL, plan=caller.plan).spec.languages, own=own)
    return design.language if found == own or (found in LATIN_LANGUAGES and own not in SPELLING_LANGUAGES) else found


@dataclass(frozen=True, slots=True)
class KeptMix:
    """Mix of built-in voices that a request spells."""

    weights: Mapping[str, float]
    language: str
    gender: str


def read_kept_mix(caller: Caller, voice: str, *, language: str = "") -> KeptMix:
    """The mix, or a single built-in voice, of a request that keeps it. 400 unknown_voice, invalid_mix, unsupported_language."""
    engine = find_model(MODEL, plan=caller.plan)
    found = resolve_voice(caller, engine=engine, asked=voice, takes_substitute=False)
    if found.conditioning is not None:
        message = f"The voice {voice[:100]!r} is one of your own already. Name built-in voices."
        raise InvalidRequestError(message, code="unknown_voice", param="voice")
    tag = requested_tag(language) or found.language
    if primary_tag(tag) not in engine.spec.languages:
        raise InvalidRequestError(f"The model {MODEL!r} does not speak {tag[:35]!r}.", code="unsupported_language", param="language")
    spoken = next((one.language for one in engine.voice_refs if covers_tag(tag, one.language)), found.language)
    weights = {share.voice: share.weight for share in found.weights} or {found.id: 1.0}
    return KeptMix(weights, spoken, found.gender)
