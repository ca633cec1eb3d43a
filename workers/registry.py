"""Registry of this worker's engines: every file in workers/engines, as far as the operator wants it and it can run here."""

import importlib
import os
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import workers.engines
from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.protocols.engine import Model

WANTED_VARIABLE: Final = "TTSAI_ENGINES"
"""Ids of engines, separated by commas; all but those for tests when empty."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One engine, and what keeps it from running here."""

    engine: Model
    obstacle: str
    """One sentence for the operator; empty when the engine can run."""


def survey_engines(environment: Mapping[str, str] = os.environ) -> list[Offer]:
    """The wanted engines in alphabetical order, also those that cannot run here, without the languages that are missing here. Loads no weights.

    Raises WorkError (unknown_engine) when TTSAI_ENGINES names an engine that does not exist.
    """
    engines = {engine.spec.id: engine for engine in _build_all()}
    wanted = {name.strip() for name in environment.get(WANTED_VARIABLE, "").split(",")} - {""}
    if unknown := wanted - engines.keys():
        known = ", ".join(sorted(engines))
        raise WorkError(UNKNOWN_ENGINE, f"{WANTED_VARIABLE} names {', '.join(sorted(unknown))}, but the engines are: {known}.")
    chosen = [engine for _, engine in sorted(engines.items()) if (engine.spec.id in wanted if wanted else not engine.is_for_tests)]
    return [_survey(engine) for engine in chosen]


def available_engines(environment: Mapping[str, str] = os.environ) -> list[Model]:
    """The wanted engines that can run here, not loaded. Raises WorkError (unknown_engine)."""
    return [offer.engine for offer in survey_engines(environment) if not offer.obstacle]


def _survey(engine: Model) -> Offer:
    obstacle = engine.find_obstacle()
    if not obstacle and (missing := engine.find_missing_languages()):
        engine.spec = engine.spec.without_languages(missing)
        if not engine.spec.languages:
            obstacle = next(iter(missing.values()))
    return Offer(engine, obstacle)


def _build_all() -> Iterator[Model]:
    for module in pkgutil.iter_modules(workers.engines.__path__, f"{workers.engines.__name__}."):
        build = getattr(importlib.import_module(module.name), "build_engines", None)
        if build is not None:
            yield from build()
