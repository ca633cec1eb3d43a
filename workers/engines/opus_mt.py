"""OPUS-MT and Argos Translate models of one direction each, from the operator's folders: TTSAI_TRANSLATION_FOLDERS, otherwise
`translation` beside the weights.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Final

from workers.contract.engines import Directions, EngineSpec
from workers.contract.errors import WorkError
from workers.protocols.engine import Model
from workers.protocols.translator import Translator, check_direction
from workers.text.untranslatable import translate_around
from workers.translation.folder import TranslationFolder, find_models
from workers.translation.model import TranslationModel
from workers.translation.routes import Pair, find_routes, group_targets
from workers.weights.translation_folders import translation_folders

MOST_LOADED: Final = 3
"""Most models in memory; the least recently used one is unloaded."""
OVERHEAD_BYTES: Final = 60 * 1024**2
"""Memory of a model in use, beside its weights."""

EMPTY_SPEC: Final = EngineSpec(
    id="opus-mt",
    name="OPUS-MT",
    version="none",
    kind="translate",
    description="Neural translation by models of one direction each, OPUS-MT's or Argos Translate's",
    licence="each model's own (OPUS-MT: CC-BY-4.0)",
)


class OpusMT(Translator):
    """All directions below some folders, directly or through a third language; a model is loaded at its first use."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._models: dict[Pair, TranslationFolder] = {}
        self._loaded: OrderedDict[Pair, TranslationModel] = OrderedDict()
        self._lock = Lock()
        self._obstacle = ""
        self.spec = EMPTY_SPEC
        try:
            for model in find_models(folders):
                if model.pair:
                    self._models.setdefault(model.pair, model)
        except WorkError as error:
            self._obstacle = error.message
        self._routes = find_routes(self._models)
        if self._models:
            sizes = sorted((model.size_bytes for model in self._models.values()), reverse=True)
            identity = hashlib.sha256(repr(sorted((pair, model.size_bytes) for pair, model in self._models.items())).encode())
            self.spec = replace(
                EMPTY_SPEC,
                version=identity.hexdigest()[:12],
                languages=tuple(sorted({language for pair in self._models for language in pair})),
                directions=tuple(Directions(*fitting) for fitting in group_targets(self._routes).items()),
                memory_bytes=sum(size + OVERHEAD_BYTES for size in sizes[:MOST_LOADED]),
            )

    def find_obstacle(self) -> str:
        """Reason why no model is available."""
        if self._obstacle or self._models:
            return self._obstacle
        return "There is no OPUS-MT model: get one with ttsai models translator, or name folders of them in TTSAI_TRANSLATION_FOLDERS."

    def load(self) -> None:
        """Load nothing: models are loaded at their first use, since there may be dozens."""

    def unload(self) -> None:
        with self._lock:
            self._loaded.clear()

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Translate through one model or two. Raises WorkError (unsupported_language, engine_unavailable)."""
        check_direction(self.spec, source=source, target=target)

        def through_all(pieces: list[str]) -> list[str]:
            for pair in self._routes[source, target]:
                pieces = self._model(pair).translate(pieces, source=pair[0], target=pair[1])
            return pieces

        return translate_around(texts, translate=through_all)

    def _model(self, pair: Pair) -> TranslationModel:
        with self._lock:
            if pair not in self._loaded:
                self._loaded[pair] = TranslationModel(self._models[pair])
            self._loaded.move_to_end(pair)
            while len(self._loaded) > MOST_LOADED:
                self._loaded.popitem(last=False)
            return self._loaded[pair]


def build_engines() -> list[Model]:
    return [OpusMT(translation_folders())]
