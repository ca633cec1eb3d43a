"""Voices that the playground offers a visitor: built-in ones and the account's own, with samples."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow, VoiceRow
from apps.catalog.selectors import is_model_allowed, list_models
from apps.playground.models_offered import speaking_rank
from apps.voice_library.selectors import list_favourite_ids
from apps.voices.models import EnrolmentState, Voice
from apps.voices.selectors import VOICE_PREFIX, VoiceFilter, list_own_voices
from apps.voices.serializers import preview_url
from workers.contract.tags import primary_tag, region_of
from workers.text.cldr import language_name

GENDERS = ("female", "male", "neutral")


@dataclass(frozen=True, slots=True)
class OfferedVoice:
    """Voice in the picker and in the library."""

    id: str
    name: str
    model: str
    """Id of the model to choose for it."""
    model_name: str
    tag: str
    """Full tag, `en-gb`."""
    gender: str
    description: str
    sample_url: str
    """Path of this server; empty for a voice without a sample."""
    is_own: bool = False
    is_favourite: bool = False
    is_allowed: bool = True
    """False if the visitor's plan does not include the model."""

    @property
    def language(self) -> str:
        """Primary tag."""
        return primary_tag(self.tag)

    @property
    def language_name(self) -> str:
        return language_name(self.tag)

    @property
    def accent(self) -> str:
        """Region of the language in capitals, empty if the tag has none."""
        return region_of(self.tag).upper()

    @property
    def speak_path(self) -> str:
        """Address of the page that speaks with the voice."""
        return f"/?{urlencode({'model': self.model, 'voice': self.id})}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "model": self.model,
            "modelName": self.model_name,
            "language": self.language,
            "languageName": self.language_name,
            "accent": self.accent,
            "gender": self.gender,
            "description": self.description,
            "sample": self.sample_url,
            "own": self.is_own,
            "favourite": self.is_favourite,
            "allowed": self.is_allowed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSearch:
    """Filters of the library, from its address."""

    text: str = ""
    language: str = ""
    gender: str = ""
    model: str = ""
    is_own: bool = False
    is_favourite: bool = False

    @property
    def is_empty(self) -> bool:
        return self == VoiceSearch()

    def matches(self, voice: OfferedVoice) -> bool:
        words = f"{voice.name} {voice.id} {voice.description} {voice.language_name} {voice.model_name} {voice.gender}".casefold()
        return (
            all(word in words for word in self.text.casefold().split())
            and (not self.language or voice.language == self.language)
            and (not self.gender or voice.gender == self.gender)
            and (not self.model or voice.model == self.model)
            and (not self.is_own or voice.is_own)
            and (not self.is_favourite or voice.is_favourite)
        )


def list_offered_voices(visitor: Caller | None) -> list[OfferedVoice]:
    """The account's own voices that can speak, then the built-in ones by model."""
    engines = {engine.id: engine for engine in list_models() if engine.kind == "tts"}
    marked = set(list_favourite_ids(visitor.account)) if visitor is not None and visitor.account is not None else set()
    found = list_own_voices(visitor, wanted=VoiceFilter()) if visitor is not None and visitor.has_scope("voices:read") else []
    own = [_own_voice(voice, engines=engines, marked=marked) for voice in found if _can_speak(voice)]
    built_in = _built_in_voices(sorted(engines.values(), key=speaking_rank), visitor=visitor, marked=marked)
    return [*own, *sorted(built_in, key=lambda voice: not voice.is_allowed)]


def find_voice_name(visitor: Caller | None, voice_id: str) -> str:
    """Name of a voice that the visitor may see; the id itself for any other, such as a mix. Built-in voices cost no query."""
    built_in = (engine.spoken_voices.get(voice_id) for engine in list_models() if engine.kind == "tts")
    voice = next((voice for voice in built_in if voice is not None), None)
    if voice is not None or visitor is None or not voice_id.startswith(VOICE_PREFIX):
        return voice.name if voice is not None else voice_id
    return next((own.name for own in list_offered_voices(visitor) if own.id == voice_id), voice_id)


def by_language(voices: Iterable[OfferedVoice]) -> list[tuple[str, list[OfferedVoice]]]:
    """Own voices first, then the others under the name of their language, English before the others."""
    groups: dict[str, list[OfferedVoice]] = {}
    for voice in voices:
        groups.setdefault("Your voices" if voice.is_own else voice.language_name, []).append(voice)
    first = {"Your voices": 0, "English": 1}
    return sorted(groups.items(), key=lambda group: (first.get(group[0], 2), group[0]))


def _can_speak(voice: Voice) -> bool:
    enrolment = voice.enrolment
    is_made = bool(enrolment.conditioning_key) and enrolment.state in {EnrolmentState.READY, EnrolmentState.TRAINING}
    return is_made and not voice.has_only_likeness and not (enrolment.is_blocked or enrolment.is_revoked or enrolment.is_taken_down)


def _own_voice(voice: Voice, *, engines: Mapping[str, EngineRow], marked: set[str]) -> OfferedVoice:
    enrolment = voice.enrolment
    engine = engines.get(enrolment.engine_id)
    model = engine.spec.base_engine or engine.id if engine is not None else enrolment.engine_id
    return OfferedVoice(
        id=voice.voice_id,
        name=voice.name,
        model=model,
        model_name=engines[model].name if model in engines else model,
        tag=enrolment.language,
        gender=enrolment.gender,
        description="Your own voice",
        sample_url=preview_url(voice, base="") if enrolment.has_audible_demo else "",
        is_own=True,
        is_favourite=voice.voice_id in marked,
    )


def _built_in_voices(engines: Iterable[EngineRow], *, visitor: Caller | None, marked: set[str]) -> list[OfferedVoice]:
    return [
        _built_in_voice(voice, engine=engine, is_allowed=visitor is not None and is_model_allowed(visitor.plan, engine), marked=marked)
        for engine in engines
        if engine.was_seen_lately
        for voice in engine.voices.values()
    ]


def _built_in_voice(voice: VoiceRow, *, engine: EngineRow, is_allowed: bool, marked: set[str]) -> OfferedVoice:
    return OfferedVoice(
        id=voice.id,
        name=voice.name,
        model=engine.id,
        model_name=engine.name,
        tag=voice.language,
        gender=voice.gender,
        description=voice.description,
        sample_url=f"/v1/voices/{engine.id}/{voice.id}/preview/",
        is_favourite=voice.id in marked,
        is_allowed=is_allowed,
    )
