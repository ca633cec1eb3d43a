"""OpenAI's names for models and voices, and who speaks for them here."""

from collections.abc import Iterable
from typing import Final

from apps.accounts.models import Plan
from apps.catalog.selectors import EngineRow, find_model, list_models

MODELS: Final = frozenset({"tts-1", "tts-1-hd", "tts-1-1106", "tts-1-hd-1106", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15"})
PREFERRED: Final = ("kokoro", "hibari")
"""Who speaks for them: the first of these that is installed, else any model that speaks."""

MAXIMUM_CHARACTERS: Final = 4096
"""The longest input that OpenAI takes; the native ids have the plan's limit."""

VOICES: Final = {
    "kokoro": {
        "alloy": "af_alloy",
        "ash": "am_adam",
        "ballad": "bm_george",
        "cedar": "am_liam",
        "coral": "af_bella",
        "echo": "am_echo",
        "fable": "bm_fable",
        "marin": "af_heart",
        "nova": "af_nova",
        "onyx": "am_onyx",
        "sage": "af_sarah",
        "shimmer": "af_sky",
        "verse": "am_michael",
    }
}
VOICE_NAMES: Final = frozenset(VOICES["kokoro"])


RECOGNISERS: Final = frozenset(
    {
        "whisper-1",
        "gpt-transcribe",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "gpt-4o-mini-transcribe-2025-12-15",
        "gpt-4o-transcribe-diarize",
    }
)
PREFERRED_RECOGNISERS: Final = ("whisper",)


def recogniser_for(model: str) -> str:
    """The id of the installed model that is meant: for OpenAI's names the preferred one, else any that hears."""
    if model not in RECOGNISERS:
        return model
    hearing = [engine.id for engine in list_models() if engine.kind == "stt" and engine.was_seen_lately]
    return _first([*(name for name in PREFERRED_RECOGNISERS if name in hearing), *hearing], default=PREFERRED_RECOGNISERS[0])


def engine_for(model: str, *, plan: Plan) -> EngineRow:
    """The installed model that is meant."""
    if model not in MODELS:
        return find_model(model, plan=plan)
    speaking = [engine.id for engine in list_models() if engine.kind == "tts" and engine.was_seen_lately]
    return find_model(_first([*(name for name in PREFERRED if name in speaking), *speaking], default=PREFERRED[0]), plan=plan)


def voice_for(voice: str | None, *, engine: EngineRow) -> str | None:
    """The model's own voice that is meant: OpenAI's names are taken by every model, by its default voice where it has no list above."""
    if voice is None or voice in engine.voices or voice not in VOICE_NAMES:
        return voice
    mapped = VOICES.get(engine.id, {}).get(voice)
    return mapped if mapped in engine.voices else None


def _first(names: Iterable[str], *, default: str) -> str:
    return next(iter(names), default)
