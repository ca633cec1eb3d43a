"""Model of an optional library: its obstacle, its loading and unloading, and the recordings that it imitates."""

import threading
from pathlib import Path
from typing import Any, ClassVar

from workers.adapters.library import Library, Weights
from workers.adapters.references import ReferenceFiles
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError


class LibraryModel:
    """Base beside the protocol of an engine. Subclasses declare what they need and open the model."""

    library: ClassVar[Library]
    weights: ClassVar[tuple[Weights, ...]]
    """Weights, the first of which `open_model` is given the folder of."""

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()
        self._references = ReferenceFiles()

    def open_model(self, folder: Path) -> Any:
        """Load the library's model from the folder of the weights."""
        raise NotImplementedError

    def find_obstacle(self) -> str:
        """Name the missing library or weights, and the command that helps. Loads nothing."""
        return self.library.find_obstacle() or next(filter(None, (one.find_obstacle() for one in self.weights)), "")

    def load(self) -> None:
        """Load library and weights. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        self.library.prepare()
        self._model = self.open_model(self.weights[0].path)

    def unload(self) -> None:
        self._model = None
        self._references.clear()
