"""Voices that a caller may name: the account's own, ElevenLabs' premade ones that a voice of ours speaks for, and our built-in ones."""

from collections.abc import Callable
from typing import Any, Final

from apps.accounts.callers import Caller
from apps.catalog.elevenlabs_voices import PREMADE_VOICES
from apps.catalog.selectors import list_models, list_voices
from apps.compat.elevenlabs.catalogue_shapes import built_in_shape, own_shape, premade_shape
from apps.core.errors import InvalidRequestError
from apps.voice_profiles.selectors import find_profiles
from apps.voices.selectors import VoiceFilter, get_own_voice, list_own_voices

LARGEST_PAGE: Final = 100
PREMADE_SPEAKER: Final = "kokoro"
LABELS: Final = ("gender", "age", "language", "accent")
Matches = Callable[[dict[str, Any]], bool]


def list_shapes(caller: Caller, *, base: str) -> list[dict[str, Any]]:
    """All voices, the account's own first."""
    own = list_own_voices(caller, wanted=VoiceFilter())
    built_in = list_voices(plan=caller.plan)
    speakers = {voice.id for voice in built_in if voice.engine_id == PREMADE_SPEAKER}
    premade = [voice for voice in PREMADE_VOICES.values() if voice.speaker in speakers]
    ids = [*(voice.voice_id for voice in own), *(voice.voice_id for voice in premade), *(voice.id for voice in built_in)]
    profiles = find_profiles(caller.required_account, voice_ids=ids)
    return [
        *(own_shape(voice, base=base, profile=profiles.get(voice.voice_id)) for voice in own),
        *(premade_shape(voice, base=base, profile=profiles.get(voice.voice_id)) for voice in premade),
        *(built_in_shape(voice, base=base, profile=profiles.get(voice.id)) for voice in built_in),
    ]


def get_shape(caller: Caller, *, voice_id: str, base: str) -> dict[str, Any]:
    """One voice. 404 voice_not_found."""
    profile = find_profiles(caller.required_account, voice_ids=[voice_id]).get(voice_id)
    if voice_id in PREMADE_VOICES:
        return premade_shape(PREMADE_VOICES[voice_id], base=base, profile=profile)
    for engine in list_models():
        if voice_id in engine.voices:
            return built_in_shape(engine.voices[voice_id], base=base, profile=profile)
    return own_shape(get_own_voice(caller, voice_id=voice_id), base=base, profile=profile)


def find_page(shapes: list[dict[str, Any]], *, asked: Any) -> dict[str, Any]:
    """Page of GET /v2/voices by its query."""
    found = [shape for shape in shapes if all(matches(shape) for matches in _conditions(asked))]
    sort = asked.get("sort") or ""
    if sort not in {"", "created_at_unix", "name"}:
        raise InvalidRequestError("sort is created_at_unix or name.", param="sort")
    if sort:
        found.sort(key=lambda shape: shape.get(sort) or "" if sort == "name" else shape.get(sort) or 0)
        if asked.get("sort_direction") != "asc":
            found.reverse()
    size, start = read_number(asked.get("page_size"), name="page_size", default=10, most=LARGEST_PAGE), _place(asked.get("next_page_token"))
    has_more = start + size < len(found)
    return {
        "voices": found[start : start + size],
        "has_more": has_more,
        "total_count": len(found),
        "next_page_token": str(start + size) if has_more else None,
    }


def _conditions(asked: Any) -> list[Matches]:
    conditions: list[Matches] = []
    if words := (asked.get("search") or "").casefold().split():
        conditions.append(lambda shape: all(word in _searched_text(shape) for word in words))
    if category := asked.get("category"):
        conditions.append(lambda shape: shape["category"] == category)
    if kind := asked.get("voice_type"):
        conditions.append(_has_type(kind))
    if ids := asked.getlist("voice_ids"):
        conditions.append(lambda shape: shape["voice_id"] in ids)
    conditions += [_has_label(label, value) for label in LABELS if (value := asked.get(label))]
    return conditions


def _has_label(label: str, value: str) -> Matches:
    return lambda shape: bool(shape["labels"].get(label, "").casefold() == value.casefold())


def _has_type(kind: str) -> Matches:
    if kind in {"personal", "saved", "non-default", "non-community"}:
        return lambda shape: kind == "non-community" or shape["category"] == "cloned"
    if kind == "default":
        return lambda shape: shape["category"] == "premade"
    if kind in {"community", "workspace"}:
        return lambda shape: False  # noqa: ARG005 - nobody shares voices here
    raise InvalidRequestError(
        "voice_type is personal, community, default, workspace, non-default, non-community or saved.", param="voice_type"
    )


def _searched_text(shape: dict[str, Any]) -> str:
    return " ".join([shape["voice_id"], shape["name"], shape["description"] or "", *shape["labels"].values()]).casefold()


def _place(token: str | None) -> int:
    if not token:
        return 0
    if not token.isascii() or not token.isdigit() or len(token) > 6:
        raise InvalidRequestError("Unknown next_page_token. Pass the one of the previous page.", param="next_page_token")
    return int(token)


def read_number(text: str | None, *, name: str, default: int, most: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 6 or not 1 <= int(text) <= most:
        raise InvalidRequestError(f"{name} is a number from 1 to {most}.", param=name)
    return int(text)
