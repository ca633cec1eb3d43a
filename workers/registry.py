"""Registry of this worker's engines: the modules of workers/engines that the operator wants and that can run here."""

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
"""Environment variable: ids of engines, separated by commas; empty for all but those for tests."""


@dataclass(frozen=True, slots=True)
class DiscoveredEngine:
    """An engine, and the reason why it cannot run here."""

    engine: Model
    obstacle: str
    """One sentence for the operator; empty if the engine can run."""


def discover_engines(environment: Mapping[str, str] = os.environ) -> list[DiscoveredEngine]:
    """Wanted engines in alphabetical order, including those that cannot run here, without languages that are unusable here. Loads no
    weights.

    Raises WorkError (unknown_engine) if TTSAI_ENGINES names an unknown engine.
    """
    engines = {engine.spec.id: engine for engine in _build_all()}
    wanted = {name.strip() for name in environment.get(WANTED_VARIABLE, "").split(",")} - {""}
    if unknown := wanted - engines.keys():
        known = ", ".join(sorted(engines))
        raise WorkError(UNKNOWN_ENGINE, f"{WANTED_VARIABLE} names {', '.join(sorted(unknown))}, but the engines are: {known}.")
    chosen = [engine for _, engine in sorted(engines.items()) if (engine.spec.id in wanted if wanted else not engine.is_for_tests)]
    return [_check_engine(engine) for engine in chosen]


def available_engines(environment: Mapping[str, str] = os.environ) -> list[Model]:
    """Wanted engines that can run here, not loaded. Raises WorkError (unknown_engine)."""
    return [candidate.engine for candidate in discover_engines(environment) if not candidate.obstacle]


def _check_engine(engine: Model) -> DiscoveredEngine:
    obstacle = engine.find_obstacle()
    if not obstacle and (missing := engine.find_missing_languages()):
        engine.spec = engine.spec.without_languages(missing)
        if not engine.spec.languages:
            obstacle = next(iter(missing.values()))
    return DiscoveredEngine(engine, obstacle)


def _build_all() -> Iterator[Model]:
    for module in pkgutil.iter_modules(workers.engines.__path__, f"{workers.engines.__name__}."):
        build = getattr(importlib.import_module(module.name), "build_engines", None)
        if build is not None:
            yield from build()
