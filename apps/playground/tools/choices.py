"""Choices of a page's fields from the catalogue: what is installed, and what the visitor's plan includes."""

from collections.abc import Iterable
from typing import Final

from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow, VoiceRow
from apps.catalog.selectors import is_model_allowed, list_cloning_models, list_models, list_stand_ins, list_tts_models
from apps.playground.tools.declaration import Option, Visitor
from apps.translation.translators import ENGLISH
from apps.voices.models import EnrolmentState
from apps.voices.selectors import VoiceFilter, list_own_voices
from apps.voices.serializers import preview_signature
from workers.contract.tags import primary_tag
from workers.text.cldr import language_name

AUTOMATIC: Final = "auto"
OWN_VOICES: Final = "Your voices"
GENDERS: Final = {"female": "female", "male": "male"}


def list_installed(kind: str, plan: Plan) -> list[EngineRow]:
    """Models of a kind that a worker serves now and the plan includes."""
    return [one for one in list_models() if one.kind == kind and one.was_seen_lately and is_model_allowed(plan, one)]


def find_missing(kind: str, plan: Plan) -> str:
    """One sentence if no model of the kind can be used; empty otherwise."""
    if list_installed(kind, plan):
        return ""
    if any(one.kind == kind for one in list_models()):
        return "No worker serves this tool at the moment. Try again in a minute."
    return "This installation has no model for this tool yet. Its operator can install one."


def model_options(kind: str, visitor: Visitor, *, default: str = "") -> list[Option]:
    """Installed models of a kind; first the API's default, or the one that stands for it."""
    return first_choice(list_installed(kind, visitor.plan), visitor, default=default)


def first_choice(engines: Iterable[EngineRow], visitor: Visitor, *, default: str) -> list[Option]:
    """The models, first the API's default or the one that stands for it."""
    stand_in = next((one.id for one in list_stand_ins(visitor.plan) if one.requested_id == default), "")
    ordered = sorted(engines, key=lambda one: (one.id != default, one.id != stand_in))
    return [Option(one.id, one.name) for one in ordered]


def language_options(tags: Iterable[str], *, automatic: str = "") -> list[Option]:
    """Languages by name, after the automatic choice if there is a word for it."""
    named = sorted({primary_tag(tag): language_name(tag) for tag in tags}.items(), key=lambda one: one[1])
    first = [Option(AUTOMATIC, automatic)] if automatic else []
    return [*first, *(Option(tag, name) for tag, name in named)]


def heard_languages(visitor: Visitor) -> list[Option]:
    """Languages that an installed recogniser understands."""
    heard = {tag for engine in list_installed("stt", visitor.plan) for tag in engine.spec.languages}
    return language_options(heard, automatic="Detect")


def spoken_languages(visitor: Visitor) -> list[Option]:
    """Languages with a voice."""
    return language_options(voice.language for engine in list_tts_models(visitor.plan) for voice in engine.voices.values())


def target_languages(visitor: Visitor) -> list[Option]:
    """Languages into which an installed translator or the recogniser translates, and that a voice speaks."""
    written = {ENGLISH} if any(engine.spec.has_translation for engine in list_installed("stt", visitor.plan)) else set()
    for engine in list_installed("translate", visitor.plan):
        written.update(*(direction.targets for direction in engine.spec.directions))
    return [option for option in spoken_languages(visitor) if option.value in written]


def voice_options(visitor: Visitor, *, first: str = "") -> list[Option]:
    """The account's own voices that can speak, then the built-in ones by language. first: words for no choice."""
    built_in = [
        _built_in(voice) for engine in list_tts_models(visitor.plan) if not engine.spec.is_draft for voice in engine.voices.values()
    ]
    built_in.sort(key=lambda option: (option.group != "English", option.group))
    return [*([Option("", first)] if first else []), *own_voice_options(visitor), *built_in]


def own_voice_options(visitor: Visitor) -> list[Option]:
    """Named voices of the account that speak."""
    if visitor.caller is None:
        return []
    speaking = {EnrolmentState.READY, EnrolmentState.TRAINING}
    models = {engine.id for engine in list_cloning_models(visitor.plan)}
    return [
        Option(voice.voice_id, voice.name, OWN_VOICES, _own_sample(voice.voice_id, has_demo=voice.enrolment.has_audible_demo))
        for voice in list_own_voices(visitor.caller, wanted=VoiceFilter())
        if voice.enrolment.state in speaking
        and voice.enrolment.engine_id in models
        and not (voice.enrolment.is_revoked or voice.enrolment.is_blocked)
    ]


def _own_sample(voice_id: str, *, has_demo: bool) -> str:
    return f"/v1/voices/{voice_id}/preview/?signature={preview_signature(voice_id)}" if has_demo else ""


def _built_in(voice: VoiceRow) -> Option:
    label = ", ".join(filter(None, (voice.name, GENDERS.get(voice.gender, ""))))
    return Option(voice.id, label, language_name(voice.language), f"/v1/voices/{voice.engine_id}/{voice.id}/preview/")
