"""Choice of the engine that does a tool's work."""

from dataclasses import replace

from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow, StandInRow
from apps.catalog.selectors import find_model, find_obstacle, is_model_allowed, list_models, substitution_warnings
from apps.core import retry_after
from apps.core.errors import InvalidRequestError, UnavailableError

SUPER_RESOLUTION = "super-resolution"
"""Engine of kind `enhance` that runs an operator's model (workers/engines/super_resolution.py)."""
SEPARATORS = ("demucs", "spleeter", "spleeter-tensorflow")
"""Engines that can separate, installed or not."""


def find_tool_engine(kind: str, *, names: tuple[str, ...]) -> EngineRow:
    """Installed engine of this kind; `names` are the engines that the workers know, by preference.

    Raises 400 model_not_installed with what is missing, 503 model_unavailable.
    """
    installed = [engine for engine in list_models() if engine.kind == kind and engine.id != SUPER_RESOLUTION]
    if not installed:
        reasons = " ".join(filter(None, map(find_obstacle, names)))
        raise InvalidRequestError(f"No model of type {kind!r} is installed here. {reasons}".rstrip(), code="model_not_installed")
    rank = {name: position for position, name in enumerate(names)}
    engine = min(installed, key=lambda one: (not one.was_seen_lately, rank.get(one.id, len(names)), one.id))
    if not engine.was_seen_lately:
        raise _unavailable(engine.id)
    return engine


def find_super_resolution() -> EngineRow | None:
    """The operator's model; None without one."""
    return next((engine for engine in list_models() if engine.id == SUPER_RESOLUTION and engine.was_seen_lately), None)


def find_separator(model: str, *, stems: int, plan: Plan) -> EngineRow:
    """Separator for this number of stems: the named one, or another installed one that can make them.

    Raises 400 unknown_model, model_not_installed or stems_not_installed, 403 model_not_allowed, 503 model_unavailable.
    """
    named = find_model(model, plan=plan, kind="separate")
    if stems in named.spec.stems:
        return named
    others = [one for one in list_models() if one.kind == "separate" and stems in one.spec.stems and is_model_allowed(plan, one)]
    other = next((one for one in others if one.was_seen_lately), None)
    if other is not None:
        return replace(other, stand_in=_stand_in(named))
    if others:
        raise _unavailable(others[0].id)
    installed = ", ".join(
        f"{one.id} ({_numbers(one.spec.stems)} stems)" for one in list_models() if one.kind == "separate" and one.spec.stems
    )
    reasons = " ".join(filter(None, map(find_obstacle, SEPARATORS)))
    raise InvalidRequestError(
        f"No model installed here makes {stems} stems. Installed: {installed or 'none'}. {reasons}".rstrip(),
        code="stems_not_installed",
        param="stems",
    )


def separation_warnings(engine: EngineRow, *, stems: int) -> list[str]:
    """Warnings about a separator that replaces the requested one."""
    asked = engine.stand_in
    if asked is not None and any(installed.id == asked.model_id for installed in list_models()):
        return [f"model: {asked.model_id} does not make {stems} stems here; {engine.id} was used."]
    return substitution_warnings(engine, voice_asked=None, voice_used="")


def _stand_in(named: EngineRow) -> StandInRow:
    """Stand-in for a model that is installed, or stood in for, but does not make so many stems."""
    return StandInRow(
        model_id=named.requested_id,
        name=named.name,
        kind=named.kind,
        tier=named.tier,
        millicredits_per_1k=None,
        candidates=(),
        voices={},
        max_characters=None,
        has_cloning=False,
        note="",
        created_at=named.first_announced_at,
    )


def _numbers(stems: tuple[int, ...]) -> str:
    return " or ".join(map(str, stems))


def _unavailable(engine_id: str) -> UnavailableError:
    return UnavailableError(
        f"No worker serves the model {engine_id!r} at the moment.",
        code="model_unavailable",
        headers={"Retry-After": retry_after.MODEL_UNAVAILABLE},
    )
