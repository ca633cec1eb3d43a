"""Who translates: the engines that workers announced, and the recogniser's own English."""

from apps.accounts.models import Plan
from apps.catalog.selectors import EngineRow, find_model, list_models
from apps.core.errors import InvalidRequestError, UnavailableError

ENGLISH = "en"
ANY = "*"
LAST_RESORT = ("apertium",)
"""Draft quality: only where nothing else knows the pair."""


def choose_translator(*, source: str, target: str, recogniser: EngineRow, plan: Plan) -> EngineRow | None:
    """Who puts `source` (empty while nobody knows it) into `target`; None for the recogniser itself, or where nothing is to translate.

    400 unsupported_translation, which lists what there is.
    """
    if source == target:
        return None
    fitting = [engine for engine in _translators() if _knows(engine, source=source, target=target)]
    is_certain = [engine for engine in fitting if source or _is_universal(engine, target=target)]
    if target == ENGLISH and recogniser.spec.has_translation and not is_certain:
        return None
    if not fitting:
        raise InvalidRequestError(
            f"No translator here writes {target!r}{f' from {source!r}' if source else ''}. There is: {list_pairs(recogniser)}.",
            code="unsupported_translation",
            param="target_language",
        )
    best = min(fitting, key=lambda engine: (engine.id in LAST_RESORT, engine not in is_certain, -len(engine.spec.languages), engine.id))
    return find_model(best.id, plan=plan, kind="translate")


def find_recogniser_in_use(plan: Plan, *, preferred: str) -> EngineRow:
    """Who listens: the preferred recogniser, else any that is there. 503 where there is none."""
    hearing = [engine for engine in list_models() if engine.kind == "stt" and engine.was_seen_lately]
    if not hearing:
        raise UnavailableError("No worker here understands speech at the moment.", code="model_unavailable", headers={"Retry-After": "60"})
    best = min(hearing, key=lambda engine: (engine.id != preferred, engine.id))
    return find_model(best.id, plan=plan, kind="stt")


def list_pairs(recogniser: EngineRow) -> str:
    """For errors: `any language to en; en to es, fr`."""
    pairs = ["any language to en"] if recogniser.spec.has_translation else []
    for engine in _translators():
        pairs += [f"{_spelled(direction.source, engine=engine)} to {', '.join(direction.targets)}" for direction in engine.spec.directions]
    return "; ".join(dict.fromkeys(pairs)) or "none"


def _spelled(source: str, *, engine: EngineRow) -> str:
    return ", ".join(engine.spec.languages) if source == ANY else source


def _translators() -> list[EngineRow]:
    return [engine for engine in list_models() if engine.kind == "translate" and engine.was_seen_lately]


def _knows(engine: EngineRow, *, source: str, target: str) -> bool:
    if source:
        return target in engine.spec.targets_from(source)
    return any(target in direction.targets for direction in engine.spec.directions)


def _is_universal(engine: EngineRow, *, target: str) -> bool:
    return any(direction.source == ANY and target in direction.targets for direction in engine.spec.directions)
