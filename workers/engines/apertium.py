"""Apertium: rule-based translation of draft quality between the installed pairs, directly or through a third language."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from workers.apertium.modes import Routes, find_routes
from workers.apertium.pipeline import run_mode
from workers.contract.engines import Directions, EngineSpec
from workers.protocols.engine import Model
from workers.protocols.translator import Translator, check_direction
from workers.text.untranslatable import translate_around
from workers.translation.routes import group_targets
from workers.weights.store import WeightStore

FOLDER: Final = "apertium"
"""Folder below the weights where `ttsai models pull apertium` unpacks packages without root."""
MEMORY_BYTES: Final = 100 * 1024**2
"""Memory of all programs of one call."""

EMPTY_SPEC: Final = EngineSpec(
    id="apertium",
    name="Apertium",
    version="none",
    kind="translate",
    description="Rule-based translation between the installed pairs, draft quality",
    licence="GPL-2.0-or-later (programs of their own)",
    suggested_tier="free",
    memory_bytes=MEMORY_BYTES,
)


class Apertium(Translator):
    """All pairs below some roots; nothing stays in memory."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._routes: Routes = find_routes(roots)
        self.spec = EMPTY_SPEC
        if self._routes.routes:
            self.spec = replace(
                EMPTY_SPEC,
                version=self._routes.digest,
                languages=self._routes.languages,
                directions=tuple(Directions(*fitting) for fitting in group_targets(self._routes.routes).items()),
            )

    def find_obstacle(self) -> str:
        """Reason why no pair is available."""
        if self._routes.routes:
            return ""
        return "No pair of Apertium is installed: apt-get install apertium apertium-eng-spa, or without root: ttsai models pull apertium"

    def load(self) -> None: ...

    def unload(self) -> None: ...

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Translate through one mode or two. Raises WorkError (unsupported_language, timed_out, engine_unavailable)."""
        check_direction(self.spec, source=source, target=target)
        modes = self._routes.routes[source, target]

        def through_all(pieces: list[str]) -> list[str]:
            for mode in modes:
                pieces = run_mode(mode, pieces)
            return pieces

        return translate_around(texts, translate=through_all)


def build_engines() -> list[Model]:
    return [Apertium([Path("/"), WeightStore.default().folder(FOLDER)])]
