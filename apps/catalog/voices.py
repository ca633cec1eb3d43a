"""Resolution of voices: what a request says about a voice becomes a VoiceRef, once, when the request is accepted."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import NoReturn

from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.catalog.mix_syntax import looks_like_mix, read_mix, voice_names
from apps.catalog.mixes import mix_voices
from apps.catalog.selectors import find_model, list_models, list_tts_models, present_as_requested_model
from apps.core.errors import ApplicationError, ConflictError, InvalidRequestError
from workers.contract.tags import is_same_language
from workers.contract.voices import GENDERS, VoiceRef
from workers.text.voice_choice import TextVoice, choose_text_voice

SAMPLE_CHARACTERS = 400
"""Characters at the beginning of a text by which its language is detected."""


@dataclass(frozen=True, slots=True)
class OwnVoice:
    """A voice that belongs to an account."""

    ref: VoiceRef
    is_ready: bool = True
    """False while the voice is still being made."""
    warning: str = ""
    """Sentence for the responses of requests that speak with the voice; empty for none."""


VoiceSource = Callable[[Caller, str], OwnVoice | None]
"""Finds a voice of the caller's account by its id. May raise an ApplicationError for one that must not speak."""


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """Model that speaks with the voices that a request names."""

    engine: EngineRow
    warnings: tuple[str, ...] = ()
    has_own_voice: bool = False
    """True if a voice of the account is among them: no other model can take the place of this one."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Voice that one name means, a built-in one or the account's own, whether it is ready or not."""

    voice: VoiceRef
    own: OwnVoice | None = None
    """The account's own voice; None for a built-in one."""


@dataclass(frozen=True, slots=True)
class NamedVoice:
    """Voice or mix that a request without a model names, with the model that speaks it."""

    voice: VoiceRef
    engine: EngineRow
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DialectVoices:
    """Names for voices that another vendor's API defines: every model takes them, whether it has such a voice or not."""

    names: Collection[str] = frozenset()
    by_engine: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Ids of the voices that speak for the names, by model; any other model takes its default voice."""


def resolve_voice(
    caller: Caller,
    *,
    engine: EngineRow,
    asked: str | None = None,
    language: str = "",
    dialect: DialectVoices | None = None,
    takes_substitute: bool = True,
) -> VoiceRef:
    """The voice that a request names: built-in, the account's own, or one that stands for it; else one of the language, else the default.

    takes_substitute: as in find_named_voice. 400 unknown_voice, invalid_mix, voice_model_mismatch, 409 voice_not_ready.
    """
    named = find_named_voice(caller, engine=engine, asked=asked, dialect=dialect, takes_substitute=takes_substitute)
    return named or default_voice(engine, language=language)


def default_voice(engine: EngineRow, *, language: str = "") -> VoiceRef:
    """Voice of a model where none is named: one of the region, else of the language, else the first. 400 unknown_voice where the model has none."""
    if not engine.spoken_voices:
        raise _unknown_voice(engine, voice_id="")
    voices = engine.voice_refs
    fitting = [voice for voice in voices if is_same_language(voice.language, language)]
    return next((voice for voice in fitting if voice.language == language), fitting[0] if fitting else voices[0])


def resolve_text_voice(
    caller: Caller,
    text: str,
    *,
    engine: EngineRow,
    asked: str | None,
    language: str,
    text_language: str = "",
    dialect: DialectVoices | None = None,
) -> TextVoice:
    """The voice and the language of a text: the language of the request, else the one that the text is written in.

    language: full tag, empty to detect it. text_language: primary tag, where the text's language has made this model speak.
    """
    chosen = find_named_voice(caller, engine=engine, asked=asked, dialect=dialect)
    if chosen is None and not engine.spoken_voices:
        raise _unknown_voice(engine, voice_id="")
    if chosen is None and (language or text_language or len(engine.spec.languages) <= 1):
        chosen = default_voice(engine, language=language or text_language)
    return choose_text_voice(
        text[:SAMPLE_CHARACTERS], chosen=chosen, language=language, languages=engine.spec.languages, voices=engine.voice_refs
    )


def find_named_voice(
    caller: Caller, *, engine: EngineRow, asked: str | None, dialect: DialectVoices | None = None, takes_substitute: bool = True
) -> VoiceRef | None:
    """Voice or mix named in a request; None if it names none, or one that the model's own choice replaces.

    takes_substitute: False where a name that stands for no certain voice is unknown. Raises 400 unknown_voice, invalid_mix, mix_not_supported.
    """
    if not asked:
        return None
    if found := find_voice(caller, engines=[engine], voice_id=asked):
        return found
    is_known, substitute = _find_substitute(engine, asked=asked, dialect=dialect)
    voices = engine.spoken_voices
    if substitute and substitute in voices:
        return engine.voice_ref(voices[substitute])
    if mixed := _find_mix(caller, engine=engine, asked=asked, dialect=dialect):
        return mixed
    if not (is_known and takes_substitute):
        raise _unknown_voice(engine, voice_id=asked)
    return None


def choose_voice_model(caller: Caller, *, engine: EngineRow, voice_ids: Iterable[str]) -> VoiceModel:
    """The model of the request, or the one that speaks the account's own voices that the request names.

    That one takes the place of a model whose voices it speaks too, and of any documented name. 403 model_not_allowed, 503 model_unavailable.
    """
    names = dict.fromkeys(name for voice_id in voice_ids if voice_id for name in (voice_id, *_names_of_mix(voice_id, engine=engine)))
    own = [found for name in names if (found := _find_own(caller, engine=engine, voice_id=name))]
    for voice in own:
        if voice.ref.engine != engine.id:
            engine = _replace_model(caller, engine, speaker_id=voice.ref.engine)
    return VoiceModel(engine, _warnings(own), has_own_voice=bool(own))


def find_own_voice(caller: Caller, voice_id: str) -> OwnVoice | None:
    """The account's own voice of this id."""
    return next((found for source in _sources() if (found := source(caller, voice_id)) is not None), None)


def find_speaker(caller: Caller, asked: str, *, engines: Sequence[EngineRow] | None = None) -> Speaker | None:
    """Voice of this name: of one of the models, else the account's own; None for a mix and for an unknown name.

    engines: those of the caller's plan that speak, if omitted. Raises as the sources of own voices.
    """
    for engine in list_tts_models(caller.plan) if engines is None else engines:
        if built_in := engine.find_voice(asked):
            return Speaker(engine.voice_ref(built_in))
    own = find_own_voice(caller, asked)
    return Speaker(own.ref, own) if own else None


def find_voice(caller: Caller, *, engines: Sequence[EngineRow], voice_id: str) -> VoiceRef | None:
    """Voice of this id: a model's, or the account's own. 400 voice_model_mismatch, 409 voice_not_ready."""
    speaker = find_speaker(caller, voice_id, engines=engines)
    return _check_speaker(speaker, engines=engines, asked=voice_id) if speaker else None


def resolve_among(caller: Caller, *, engines: Sequence[EngineRow], asked: str, dialect: DialectVoices | None = None) -> NamedVoice:
    """Voice or mix of a request that names no model, and the model of `engines` that speaks it.

    A mix is spoken by the model of its own voice, else by the first one that has most of its voices.
    400 unknown_voice, invalid_mix, mix_not_supported, voice_model_mismatch, 409 voice_not_ready.
    """
    if speaker := find_speaker(caller, asked, engines=engines):
        voice = _check_speaker(speaker, engines=engines, asked=asked)
        speaking = [engine for engine in engines if engine.id == voice.engine or engine.find_voice(asked)]
        engine = max(speaking, key=lambda engine: engine.id == voice.engine)
        return NamedVoice(voice, engine, _warnings([speaker.own] if speaker.own else []))
    names = voice_names(asked)
    own = [found for name in names if (found := find_own_voice(caller, name))]
    able = [engine for engine in engines if all(engine.id == voice.ref.engine for voice in own)] or engines

    def count_known(engine: EngineRow) -> int:
        return sum(_find_member(caller, engine=engine, name=name, dialect=dialect) is not None for name in names)

    best = max(able, key=count_known, default=None)
    if best is None or not count_known(best):
        raise InvalidRequestError(f"Unknown voice {asked[:100]!r}. GET /v1/voices/ lists all.", code="unknown_voice", param="voice")
    named = find_named_voice(caller, engine=best, asked=asked, dialect=dialect, takes_substitute=False)
    if named is None:
        raise ValueError(f"the model {best.id!r} knows {asked!r} and names no voice for it")
    return NamedVoice(named, best, _warnings(own))


@contextmanager
def naming_voice(param: str) -> Iterator[None]:
    """Let errors about a voice name the field that the request has for it."""
    try:
        yield
    except ApplicationError as error:
        if error.param == "voice":
            error.param = param
        raise


def list_voice_choices(engine: EngineRow, *, languages: Collection[str] = ()) -> tuple[VoiceRef, ...]:
    """One voice per language and gender, for workers that must choose by the detected language or gender. languages: primary tags; empty
    for all of the model's.
    """
    choices: dict[tuple[str, str], VoiceRef] = {}
    for voice in engine.voice_refs:
        if not languages or voice.primary_language in languages:
            choices.setdefault((voice.primary_language, voice.gender), voice)
    rank = {gender: place for place, gender in enumerate(GENDERS)}
    return tuple(sorted(choices.values(), key=lambda voice: rank.get(voice.gender, len(rank))))


def _check_speaker(speaker: Speaker, *, engines: Sequence[EngineRow], asked: str) -> VoiceRef:
    """The speaker's voice, which one of the models must speak. 400 voice_model_mismatch, 409 voice_not_ready."""
    own = speaker.own
    if own is None:
        return speaker.voice
    if all(engine.id != own.ref.engine for engine in engines):
        others = ", ".join(repr(engine.id) for engine in engines)
        message = f"The voice {asked[:100]!r} is spoken by the model {own.ref.engine!r}, not by {others}."
        raise InvalidRequestError(message, code="voice_model_mismatch", param="voice")
    if not own.is_ready:
        raise ConflictError(f"The voice {asked[:100]!r} is not ready yet. Try again later.", code="voice_not_ready", param="voice")
    return own.ref


def _warnings(voices: Iterable[OwnVoice]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(voice.warning for voice in voices if voice.warning))


def _names_of_mix(asked: str, *, engine: EngineRow) -> tuple[str, ...]:
    """Names of the voices of a mix; empty for a voice."""
    return voice_names(asked) if engine.find_voice(asked) is None and looks_like_mix(asked) else ()


def _find_mix(caller: Caller, *, engine: EngineRow, asked: str, dialect: DialectVoices | None) -> VoiceRef | None:
    """The mix that the name spells; None if it spells none, or names no voice at all. 400 invalid_mix, mix_not_supported, unknown_voice."""
    mix = read_mix(asked) if looks_like_mix(asked) else None
    if mix is None:
        return None
    found = {name: _find_member(caller, engine=engine, name=name, dialect=dialect) for name in mix.weights}
    if not any(found.values()):
        return None
    members = [(voice or _raise_unknown(engine, voice_id=name), mix.weights[name]) for name, voice in found.items()]
    return mix_voices(members, engine=engine)


def _find_member(caller: Caller, *, engine: EngineRow, name: str, dialect: DialectVoices | None) -> VoiceRef | None:
    """A voice of a mix, by its own name or one that stands for it."""
    if voice := find_voice(caller, engines=[engine], voice_id=name):
        return voice
    _, substitute = _find_substitute(engine, asked=name, dialect=dialect)
    voices = engine.spoken_voices
    return engine.voice_ref(voices[substitute]) if substitute and substitute in voices else None


def _raise_unknown(engine: EngineRow, *, voice_id: str) -> NoReturn:
    raise _unknown_voice(engine, voice_id=voice_id)


def _find_own(caller: Caller, *, engine: EngineRow, voice_id: str) -> OwnVoice | None:
    return find_own_voice(caller, voice_id) if engine.find_voice(voice_id) is None else None


def _replace_model(caller: Caller, engine: EngineRow, *, speaker_id: str) -> EngineRow:
    """The model with this id under the name of the request; `engine` itself if it stands for no other."""
    speaker = next((one for one in list_models() if one.id == speaker_id), None)
    if speaker is None or (engine.stand_in is None and engine.id != speaker.spec.base_engine):
        return engine
    speaker = find_model(speaker_id, plan=caller.plan)
    return present_as_requested_model(speaker, asked=engine, stand_in=engine.stand_in)


def _find_substitute(engine: EngineRow, *, asked: str, dialect: DialectVoices | None) -> tuple[bool, str | None]:
    """True if the name is one that the model may be asked for, and the id of the model's voice for it, if one is listed.

    A stand-in's row maps the voices of the model that it stands in for. A documented model's voices are not known here, so any name is
    taken for one of them; an alias has no others than those listed.
    """
    stand_in = engine.stand_in
    if stand_in is not None:
        mapped = stand_in.voices.get(asked.casefold())
        return mapped is not None or not stand_in.is_alias, mapped
    if dialect is not None and asked in dialect.names:
        return True, dialect.by_engine.get(engine.id, {}).get(asked)
    return False, None


def _unknown_voice(engine: EngineRow, *, voice_id: str) -> InvalidRequestError:
    some = ", ".join(list(engine.spoken_voices)[:5])
    missing = " ".join(f"It lacks {language!r}: {reason}" for language, reason in engine.spec.missing_languages.items())
    return InvalidRequestError(
        f"Unknown voice {voice_id[:100]!r} of the model {engine.id!r}. GET /v1/voices/?model={engine.id} lists all, such as {some}."
        f" {missing}".rstrip(),
        code="unknown_voice",
        param="voice",
    )


@cache
def _sources() -> tuple[VoiceSource, ...]:
    return tuple(import_string(path) for path in settings.TTSAI_VOICE_SOURCES)
