"""Read operations on the catalogue, from a snapshot that each process refreshes every two seconds: requests cost no query."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.catalog.catalogue import LIVE_SECONDS, Capacity, EngineRow, StandInRow, VoiceRow, read_catalogue
from apps.catalog.models import Worker
from apps.core import retry_after
from apps.core.errors import InvalidRequestError, NotFoundError, PermissionDeniedError, UnavailableError, UnknownModelError
from apps.core.ttl_cache import TtlCache
from workers.contract.tags import covers_tag, normalise_tag, primary_tag

PICTURE_SECONDS = 2.0
ANY_MODEL = "*"
"""Candidate of a stand-in that means any other installed model of its kind."""
PREFERRED_SPEAKERS = ("kokoro", "hibari")
"""Models by preference when the platform chooses; then the others, with draft quality last."""
_NAMED_IN_ERRORS = 12


def find_model(model_id: str, *, plan: Plan, kind: str = "tts", voice: str | None = None, language: str | None = None) -> EngineRow:
    """Find the model that serves a request: the named one, or the stand-in of a documented one that is not installed.

    voice, language: as in the request; among several stand-ins one with the voice and the language is preferred.

    Raises 400 unknown_model or model_not_installed, 403 model_not_allowed, 503 model_unavailable.
    """
    own = _picture.get().by_name.get(model_id.casefold())
    if own is not None and own.kind == kind:
        if not _is_in_plan(plan, own.id):
            raise _not_allowed(own.id, plan=plan)
        engine = own
    else:
        stand_in = _picture.get().stand_ins.get(model_id.casefold())
        if stand_in is None or (stand_in.kind != kind and not any(_candidates(stand_in, kind=kind))):
            raise _unknown_model(model_id, kind=kind)
        engine = _choose_stand_in(stand_in, kind=kind, plan=plan, voice=voice or "", language=language or "")
    if not engine.was_seen_lately:
        raise UnavailableError(
            f"No worker serves the model {engine.id!r} at the moment.",
            code="model_unavailable",
            param="model",
            headers={"Retry-After": retry_after.MODEL_UNAVAILABLE},
        )
    return engine


def substitution_warnings(engine: EngineRow, *, voice_asked: str | None, voice_used: str) -> list[str]:
    """Warnings about a model and a voice that replace the requested ones."""
    stand_in = engine.stand_in
    if stand_in is None:
        return []
    warnings = (
        [] if stand_in.is_alias else [f"model: {stand_in.model_id} is not installed here; {engine.id} was used. {stand_in.note}".rstrip()]
    )
    if not voice_asked or voice_asked == voice_used or engine.find_voice(voice_asked):
        return warnings
    mapped = stand_in.voices.get(voice_asked.casefold())
    if stand_in.is_alias and mapped in engine.voices:
        return warnings
    chosen = f"{engine.id}'s {voice_used} speaks" if voice_used else f"{engine.id} chooses one by the text's language"
    return [*warnings, f"voice: {voice_asked!a} is not a voice of {engine.id}; {chosen}."]


def list_models() -> list[EngineRow]:
    """Enabled installed models, also those that no worker serves now."""
    return list(_picture.get().engines.values())


def list_tts_models(plan: Plan) -> list[EngineRow]:
    """Available text-to-speech models of the plan with voices of their own, by preference."""
    speaking = [engine for engine in _list_available(plan, kind="tts") if engine.base is None]
    return sorted(speaking, key=_tts_rank)


def list_cloning_models(plan: Plan) -> list[EngineRow]:
    """Available models of the plan that speak with voices of accounts."""
    return [engine for engine in _list_available(plan, kind="tts") if engine.spec.has_cloning]


def find_cloning_model(model_id: str, *, plan: Plan) -> EngineRow:
    """Model that clones a voice for a request: the named one, one that speaks the voices of the named one too, or a stand-in.

    Raises 400 unknown_model or model_cannot_clone, 403 model_not_allowed, 503 model_unavailable.
    """
    picture = _picture.get()
    name = model_id.casefold()
    named, documented = picture.by_name.get(name), picture.stand_ins.get(name)
    cloning = [engine for engine in picture.engines.values() if engine.kind == "tts" and engine.spec.has_cloning]
    if named is not None and named.kind == "tts" and named.spec.has_cloning:
        return find_model(named.id, plan=plan)
    if named is None and documented is None:
        raise _unknown_model(model_id, kind="tts")
    serving = next((engine for engine in cloning if named is None or engine.spec.base_engine == named.id), None)
    if named is None and not (documented and documented.has_cloning):
        serving = None
    if serving is None:
        listed = ", ".join(
            [engine.id for engine in cloning] + [row.model_id for row in picture.stand_ins.values() if row.has_cloning and cloning]
        )
        raise InvalidRequestError(
            f"The model {model_id[:100]!r} clones no voices here. Models that do: {listed or 'none is installed'}.",
            code="model_cannot_clone",
            param="model",
        )
    return present_as_requested_model(find_model(serving.id, plan=plan), asked=named, stand_in=documented if named is None else None)


def find_diarizing_model() -> EngineRow:
    """Recogniser whose workers tell speakers apart, whatever the plan. Raises 400 model_not_installed, 503 model_unavailable."""
    installed = [engine for engine in list_models() if engine.kind == "stt" and engine.spec.has_diarization]
    for engine in installed:
        if engine.was_seen_lately:
            return engine
    if not installed:
        raise InvalidRequestError(
            "No model that tells speakers apart is installed here. Its weights come by: ttsai models pull diarization",
            code="model_not_installed",
        )
    raise UnavailableError(
        "No worker tells speakers apart at the moment.",
        code="model_unavailable",
        headers={"Retry-After": retry_after.MODEL_UNAVAILABLE},
    )


def can_clone(engine: EngineRow) -> bool:
    """True if a voice can be cloned under the name of the request: by the model itself, or by another one in its place."""
    if engine.stand_in is not None and not engine.stand_in.has_cloning:
        return False
    others = (one for one in list_models() if one.kind == "tts" and one.spec.has_cloning)
    return engine.spec.has_cloning or (engine.stand_in is not None and any(others))


def present_as_requested_model(engine: EngineRow, *, asked: EngineRow | None, stand_in: StandInRow | None) -> EngineRow:
    """The engine under the name of the request, at its own price: cloned speech has one price under any name."""
    if stand_in is None:
        if asked is None or asked.id == engine.id:
            return engine
        stand_in = _alias_of(asked)
    longest = min(engine.spec.max_characters, stand_in.max_characters or engine.spec.max_characters)
    return replace(engine, stand_in=stand_in, spec=replace(engine.spec, max_characters=longest))


def list_stand_ins(plan: Plan) -> list[EngineRow]:
    """Documented models that are not installed, each as the model that serves it for this plan; without those that none serves."""
    picture = _picture.get()
    absent = [row for name, row in sorted(picture.stand_ins.items()) if name not in picture.by_name]
    return [engine for row in absent if (engine := _first_stand_in(row, plan=plan)) is not None]


def check_installed(kind: str) -> None:
    """Raise 400 model_not_installed if no model of this kind is installed."""
    if not any(engine.kind == kind for engine in list_models()):
        raise InvalidRequestError(f"No model of type {kind!r} is installed here.", code="model_not_installed")


def find_obstacle(model_id: str) -> str:
    """Reason why the live workers cannot serve a model that they know, with the command that helps; empty if they serve it or know none."""
    return _picture.get().missing.get(model_id.casefold(), "")


def list_plans() -> list[Plan]:
    return list(_picture.get().plans)


def get_model(model_id: str, *, plan: Plan) -> EngineRow:
    """Enabled model or stand-in, also outside the plan. Raises 400 unknown_model."""
    engine = _find_listed(model_id, plan=plan)
    if engine is None:
        raise _unknown_model(model_id, kind="")
    return engine


def find_model_id(model_id: Any) -> str:
    """Id of the model or documented model of this name; empty if there is none. For statistics."""
    name = model_id.casefold() if isinstance(model_id, str) else ""
    picture = _picture.get()
    engine, stand_in = picture.by_name.get(name), picture.stand_ins.get(name)
    return engine.id if engine else stand_in.model_id if stand_in else ""


def find_listed_model(model_id: str, *, plan: Plan | None = None) -> EngineRow:
    """Enabled model or stand-in for a detail URL. Raises 404 model_not_found or model_not_installed."""
    engine = _find_listed(model_id, plan=plan)
    if engine is None:
        refusal = _unknown_model(model_id, kind="")
        code = "model_not_found" if refusal.code == UnknownModelError.code else refusal.code
        raise NotFoundError(refusal.message, code=code)
    return engine


def list_voices(*, plan: Plan, model: str = "", language: str = "", gender: str = "") -> list[VoiceRow]:
    """Voices by model, language and gender. `en` matches en-gb; `en-gb` matches neither en nor en-us."""
    engines = [get_model(model, plan=plan)] if model else list_models()
    wanted = normalise_tag(language)
    return [
        voice
        for engine in engines
        for voice in engine.voices.values()
        if covers_tag(wanted, voice.language) and (not gender or voice.gender == gender)
    ]


def is_model_allowed(plan: Plan, engine: EngineRow) -> bool:
    """True if the plan includes the model under the name used in the request. A model that is off for the plan stands in for none."""
    if engine.id in plan.excluded_models:
        return False
    if engine.stand_in is not None and not engine.stand_in.is_alias:
        return _is_in_plan(plan, engine.stand_in.model_id)
    return _is_in_plan(plan, engine.id)


def capacity(queue: str) -> Capacity:
    """Capacity of a queue's live workers; empty if there are none."""
    return _picture.get().capacities.get(queue, Capacity())


def list_loaded_models() -> list[str]:
    """Ids of the models in the memory of a live worker."""
    return list(_picture.get().loaded)


def count_live_workers() -> int:
    """Number of live workers that are not stopping."""
    return Worker.objects.filter(last_seen_at__gt=timezone.now() - timedelta(seconds=LIVE_SECONDS), is_stopping=False).count()


def clear_catalogue_cache() -> None:
    """Refresh the snapshot at the next read, after a change of rows."""
    _picture.forget()


def _list_available(plan: Plan, *, kind: str) -> list[EngineRow]:
    return [engine for engine in list_models() if engine.kind == kind and engine.was_seen_lately and _is_in_plan(plan, engine.id)]


def _alias_of(engine: EngineRow) -> StandInRow:
    """The name of an installed model, for one that speaks in its place."""
    return StandInRow(
        model_id=engine.id,
        name=engine.name,
        kind=engine.kind,
        tier="",
        millicredits_per_1k=None,
        candidates=(),
        voices={},
        max_characters=engine.spec.max_characters,
        has_cloning=False,
        note="",
        created_at=engine.first_announced_at,
    )


def _tts_rank(engine: EngineRow) -> tuple[int, bool, str]:
    preferred = PREFERRED_SPEAKERS.index(engine.id) if engine.id in PREFERRED_SPEAKERS else len(PREFERRED_SPEAKERS)
    return preferred, engine.spec.is_draft, engine.id


def _find_listed(model_id: str, *, plan: Plan | None) -> EngineRow | None:
    picture = _picture.get()
    engine = picture.by_name.get(model_id.casefold())
    if engine is not None:
        return engine
    stand_in = picture.stand_ins.get(model_id.casefold())
    return _first_stand_in(stand_in, plan=plan) if stand_in else None


def _choose_stand_in(row: StandInRow, *, kind: str, plan: Plan, voice: str, language: str) -> EngineRow:
    installed = list(_candidates(row, kind=kind))
    if not installed:
        raise _unknown_model(row.model_id, kind=kind)
    included = [engine for engine in installed if is_model_allowed(plan, engine)]
    if not included:
        raise _not_allowed(row.model_id, plan=plan)
    primary, is_mapped = primary_tag(language), voice.casefold() in row.voices
    return min(
        included,
        key=lambda engine: (
            not engine.was_seen_lately,
            bool(voice) and not is_mapped and engine.find_voice(voice) is None,
            primary not in {"", "auto"} and primary not in engine.spec.languages,
            engine.spec.is_draft,
        ),
    )


def _first_stand_in(row: StandInRow, *, plan: Plan | None) -> EngineRow | None:
    installed = list(_candidates(row, kind=row.kind))
    return min(
        installed, key=lambda engine: (plan is not None and not is_model_allowed(plan, engine), not engine.was_seen_lately), default=None
    )


def _candidates(row: StandInRow, *, kind: str) -> Iterator[EngineRow]:
    """Installed models of a type that can serve the row, by preference, at the lower of both prices.

    A row serves another type than its own where it names a model of that type: openvoice speaks and converts.
    """
    engines = _picture.get().engines
    others = [engine_id for engine_id in engines if engine_id not in row.candidates] if kind == row.kind else []
    for candidate in row.candidates:
        for engine_id in others if candidate == ANY_MODEL else (candidate,):
            engine = engines.get(engine_id)
            if engine is not None and engine.kind == kind and engine.base is None:
                yield _with_stand_in(engine, row=row)


def _with_stand_in(engine: EngineRow, *, row: StandInRow) -> EngineRow:
    prices = [price for price in (row.millicredits_per_1k, engine.millicredits_per_1k) if price is not None]
    longest = min(engine.spec.max_characters, row.max_characters or engine.spec.max_characters)
    return replace(engine, stand_in=row, millicredits_per_1k=min(prices), spec=replace(engine.spec, max_characters=longest))


def _is_in_plan(plan: Plan, model_id: str) -> bool:
    return plan.includes_model(model_id)


def _not_allowed(model_id: str, *, plan: Plan) -> PermissionDeniedError:
    included = ", ".join(name for name in plan.allowed_models if plan.includes_model(name))
    if plan.slug == ANONYMOUS_PLAN:
        included = ", ".join(name for name in plan.allowed_models if plan.includes_model(name) and _may_speak(name))
        message = (
            f"The model {model_id!r} needs an API key: send a key as `Authorization: Bearer sk-tts-…`. Models that need none: {included}."
        )
    else:
        listed = f"It includes: {included}." if included else "GET /v1/models/ lists the models that it includes."
        message = f"The plan {plan.name!r} does not include the model {model_id!r}. {listed}"
    return PermissionDeniedError(message, code="model_not_allowed", param="model")


def _may_speak(model_id: str) -> bool:
    """False for an installed model of another type, which no text is sent to."""
    engine = _picture.get().by_name.get(model_id.casefold())
    return engine is None or engine.kind == "tts"


def _unknown_model(model_id: str, *, kind: str) -> UnknownModelError:
    """Error for a model that is unknown, of another kind, or documented and not installed: then with the available models."""
    picture, name = _picture.get(), model_id.casefold()
    other = picture.by_name.get(name)
    known_kind = other.kind if other else picture.documented_kinds.get(name, "")
    if kind and known_kind and known_kind != kind:
        return UnknownModelError(
            model_id, reason=f"It is of type {known_kind!r}; this needs one of type {kind!r}: {_list_model_ids(kind)}."
        )
    missing = picture.missing.get(name, "")
    if not missing and not known_kind:
        return UnknownModelError(model_id)
    return UnknownModelError(model_id, missing=f"{missing} Installed: {_list_model_ids(kind or known_kind)}.".strip())


def _list_model_ids(kind: str) -> str:
    ids = [engine.id for engine in list_models() if not kind or engine.kind == kind]
    return ", ".join(ids[:_NAMED_IN_ERRORS]) or "none"


_picture = TtlCache(read_catalogue, seconds=PICTURE_SECONDS)
