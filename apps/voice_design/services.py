"""Designs for callers: the description against the voices that their plan and this server have."""

from apps.accounts.callers import Caller
from apps.catalog.selectors import find_model
from apps.core.errors import InvalidRequestError, UnavailableError
from apps.voice_design.designing import VARIANTS, Design, EmptyDescriptionError, StockVoice, design_from
from apps.voice_design.traits import voice_traits

MODEL = "kokoro"
"""Model whose built-in voices designs are mixed from."""


def design_voice(caller: Caller, description: str, *, language: str = "", variant: int = 0) -> Design:
    """The voice of a description, to be spoken as `voice=design.voice, speed=design.pace, language=design.language`.

    language: tag for a description that names no accent. 400 description_not_understood, unsupported_variant, 403 model_not_allowed, 503
    model_unavailable.
    """
    if not 0 <= variant < VARIANTS:
        message = f"variant is {variant}; a description has the variants 0 to {VARIANTS - 1}."
        raise InvalidRequestError(message, code="unsupported_variant", param="variant")
    engine = find_model(MODEL, plan=caller.plan)
    known = voice_traits()
    stock = [StockVoice(voice.id, voice.language, voice.gender) for voice in engine.voices.values() if voice.id in known]
    if not engine.spec.has_mixing or not stock:
        raise UnavailableError("No worker mixes voices at the moment.", code="model_unavailable")
    try:
        return design_from(description, stock=sorted(stock, key=lambda voice: voice.id), language=language, variant=variant)
    except EmptyDescriptionError:
        message = (
            "No word of the description says anything known about a voice. Name gender, age, accent, pitch, pace, warmth or energy, such "
            "as 'an elderly British man with a deep, warm voice who speaks slowly'."
        )
        raise InvalidRequestError(message, code="description_not_understood", param="description") from None
