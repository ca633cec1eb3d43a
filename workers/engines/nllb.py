"""NLLB-200, one model for two hundred languages, from the operator's folders: TTSAI_TRANSLATION_FOLDERS, otherwise `translation` beside
the weights.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from workers.contract.engines import Directions, EngineSpec
from workers.contract.errors import WorkError
from workers.protocols.engine import Model
from workers.protocols.translator import Translator, check_direction
from workers.text.untranslatable import translate_around
from workers.translation.folder import TranslationFolder, find_models
from workers.translation.model import TranslationModel
from workers.weights.translation_folders import translation_folders

OVERHEAD_BYTES: Final = 200 * 1024**2
"""Memory of a batch in flight, beside the weights."""

EMPTY_SPEC: Final = EngineSpec(
    id="nllb",
    name="NLLB-200",
    version="none",
    kind="translate",
    description="No Language Left Behind: one neural model that translates between all of its languages",
    licence="CC-BY-NC-4.0",
)


class NLLB(Translator):
    """First multilingual model in the folders."""

    batch_characters = 800
    """About five seconds of one core for the 600M model."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folder: TranslationFolder | None = None
        self._model: TranslationModel | None = None
        self._obstacle = "There is no NLLB model: get one with ttsai models translator, or name its folder in TTSAI_TRANSLATION_FOLDERS."
        self.spec = EMPTY_SPEC
        try:
            self._folder = next((model for model in find_models(folders) if model.codes), None)
        except WorkError as error:
            self._obstacle = error.message
        if self._folder:
            languages = tuple(sorted(self._folder.codes))
            self.spec = replace(
                EMPTY_SPEC,
                version=f"{self._folder.model.name}-{self._folder.size_bytes}",
                languages=languages,
                directions=(Directions("*", languages),),
                memory_bytes=self._folder.size_bytes + OVERHEAD_BYTES,
            )

    def find_obstacle(self) -> str:
        """Reason why no model is available."""
        return "" if self._folder else self._obstacle

    def load(self) -> None:
        """Load the model. Raises WorkError (engine_unavailable)."""
        if self._folder is not None:
            self._model = TranslationModel(self._folder)

    def unload(self) -> None:
        self._model = None

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Raises WorkError (unsupported_language)."""
        check_direction(self.spec, source=source, target=target)
        model = self._model
        if model is None:
            raise RuntimeError("load() comes first")
        return translate_around(texts, translate=lambda pieces: model.translate(pieces, source=source, target=target))


def build_engines() -> list[Model]:
    return [NLLB(translation_folders())]
