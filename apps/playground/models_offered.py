"""Speech models that the playground offers a visitor, with their limits."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.billing import prices
from apps.catalog.catalogue import EngineRow
from apps.catalog.limits import longest_text, speed_range
from apps.catalog.selectors import PREFERRED_SPEAKERS, is_model_allowed, list_models
from apps.catalog.voices import default_voice
from workers.contract.tags import primary_tag
from workers.text.cldr import language_name


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """Model in the list of the page."""

    id: str
    name: str
    description: str
    is_allowed: bool
    """False if the visitor's plan does not include it."""
    is_available: bool
    credits_per_1k: float
    max_characters: int
    speeds: tuple[float, float]
    sample_rate: int
    has_word_timings: bool
    languages: tuple[tuple[str, str], ...]
    """Primary tags and English names, by name."""
    default_voice: str
    sample_url: str
    """Path of the default voice's sample, by which the model is heard; empty if no worker serves the model now."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "allowed": self.is_allowed,
            "available": self.is_available,
            "creditsPer1k": self.credits_per_1k,
            "maxCharacters": self.max_characters,
            "speeds": list(self.speeds),
            "sampleRate": self.sample_rate,
            "hasWordTimings": self.has_word_timings,
            "languages": [list(language) for language in self.languages],
            "defaultVoice": self.default_voice,
            "sample": self.sample_url,
        }


def list_offered_models(visitor: Caller | None) -> list[OfferedModel]:
    """Models with voices of their own: those that the visitor may use first, then by preference."""
    speaking = [engine for engine in list_models() if engine.kind == "tts" and engine.base is None and engine.voices]
    offered = [_offered(engine, plan=visitor.plan if visitor else None) for engine in sorted(speaking, key=speaking_rank)]
    return sorted(offered, key=lambda model: (not model.is_allowed, not model.is_available))


def _offered(engine: EngineRow, *, plan: Plan | None) -> OfferedModel:
    voice = default_voice(engine).id
    languages = engine.spec.languages or {primary_tag(voice.language) for voice in engine.voices.values()}
    return OfferedModel(
        id=engine.id,
        name=engine.name,
        description=engine.spec.description,
        is_allowed=plan is not None and is_model_allowed(plan, engine),
        is_available=engine.was_seen_lately,
        credits_per_1k=prices.credits(engine.millicredits_per_1k),
        max_characters=engine.spec.max_characters if plan is None else longest_text(plan, engine),
        speeds=speed_range(engine),
        sample_rate=engine.spec.sample_rate,
        has_word_timings=engine.spec.has_word_timings,
        languages=tuple(sorted(((tag, language_name(tag)) for tag in languages), key=lambda pair: pair[1])),
        default_voice=voice,
        sample_url=f"/v1/voices/{engine.id}/{voice}/preview/" if engine.was_seen_lately else "",
    )


def speaking_rank(engine: EngineRow) -> tuple[int, str]:
    """Order of models by preference, then by name."""
    preferred = PREFERRED_SPEAKERS.index(engine.id) if engine.id in PREFERRED_SPEAKERS else len(PREFERRED_SPEAKERS)
    return preferred, engine.name.casefold()
