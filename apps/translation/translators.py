"""Choice of a translator: an engine announced by a worker, or the recogniser's own English."""

from collections.abc import Collection

from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import check_installed, find_model, list_models
from apps.core import retry_after
from apps.core.errors import InvalidRequestError, UnavailableError

ENGLISH = "en"
ANY = "*"
PREFERRED = ("openai-translate", "nllb", "opus-mt", "apertium")
"""Translators by preference; Apertium's quality is that of a draft."""


def choose_translator(*, source: str, target: str, recogniser: EngineRow, plan: Plan, spoken: Collection[str]) -> EngineRow | None:
    """Engine that translates `source` (empty if unknown) to `target`; None for the recogniser itself, or for equal languages.

    spoken: languages with a voice, for errors. A pair without a translator is translated through the recogniser's English. Raises 400
    unsupported_translation with the available pairs.
    """
    if source == target:
        return None
    engines, has_english = _translators(), recogniser.spec.has_translation
    certain = [engine for engine in engines if is_certain(engine, source=source, target=target)]
    if target == ENGLISH and has_english and not certain:
        return None
    fitting = certain or [
        engine
        for engine in engines
        if (has_english or not source) and _translates_to(engine, target=target, source=ENGLISH if has_english else "")
    ]
    if not fitting:
        raise InvalidRequestError(
            f"No available translator translates into {target!r}{f' from {source!r}' if source else ''}. Available: {list_pairs(recogniser, spoken=spoken)}.",
            code="unsupported_translation",
            param="target_language",
        )
    best = min(fitting, key=lambda engine: (not is_included(engine, plan=plan), _rank(engine), engine.id))
    return find_model(best.id, plan=plan, kind="translate")


def is_certain(engine: EngineRow, *, source: str, target: str) -> bool:
    """True if the engine knows the pair; while the source is not known, True if it translates any source to the target."""
    if source:
        return target in engine.spec.targets_from(source)
    return any(direction.source == ANY and target in direction.targets for direction in engine.spec.directions)


def find_available_recogniser(plan: Plan, *, preferred: str) -> EngineRow:
    """Recogniser: the plan's models first, then the preferred one, then any. 400 model_not_installed, 503 if none was seen lately."""
    hearing = [engine for engine in list_models() if engine.kind == "stt" and engine.was_seen_lately]
    check_installed("stt")
    if not hearing:
        raise UnavailableError(
            "No worker serves speech recognition at the moment.",
            code="model_unavailable",
            headers={"Retry-After": retry_after.MODEL_UNAVAILABLE},
        )
    best = min(hearing, key=lambda engine: (not is_included(engine, plan=plan), engine.id != preferred, engine.id))
    return find_model(best.id, plan=plan, kind="stt")


def is_included(engine: EngineRow, *, plan: Plan) -> bool:
    """True if the plan includes the model; models chosen for a caller are among these if possible."""
    return plan.includes_model(engine.id)


def list_pairs(recogniser: EngineRow, *, spoken: Collection[str]) -> str:
    """Available pairs for errors: `any language to en; en to es, fr`, limited to languages with a voice."""
    pairs = []
    if recogniser.spec.has_translation:
        reached = {ENGLISH}.union(*(engine.spec.targets_from(ENGLISH) for engine in _translators()))
        if targets := sorted(reached.intersection(spoken)):
            pairs.append(f"any language to {', '.join(targets)}")
    for engine in _translators():
        pairs += [
            f"{_language_names(direction.source, engine=engine)} to {', '.join(targets)}"
            for direction in engine.spec.directions
            if (targets := [target for target in direction.targets if target in spoken])
        ]
    return "; ".join(dict.fromkeys(pairs)) or "none"


def _rank(engine: EngineRow) -> int:
    return PREFERRED.index(engine.id) if engine.id in PREFERRED else len(PREFERRED)


def _language_names(source: str, *, engine: EngineRow) -> str:
    return ", ".join(engine.spec.languages) if source == ANY else source


def _translators() -> list[EngineRow]:
    return [engine for engine in list_models() if engine.kind == "translate" and engine.was_seen_lately]


def _translates_to(engine: EngineRow, *, target: str, source: str) -> bool:
    """True if the engine writes the target language; an empty source stands for any source at all."""
    if source:
        return target in engine.spec.targets_from(source)
    return any(target in direction.targets for direction in engine.spec.directions)
