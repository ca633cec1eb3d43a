"""Lifecycle of the engines that share Kokoro's loaded weights."""

from collections.abc import Mapping

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.kokoro.accents import AMERICAN, find_missing_languages
from workers.kokoro.runtime import SHARED_RUNTIME, KokoroRuntime, find_weights_obstacle


class SharedKokoroModel:
    """Base of an engine on the process's one KokoroRuntime, loaded with the first engine and unloaded with the last one."""

    def __init__(self) -> None:
        self._runtime: KokoroRuntime | None = None

    def find_obstacle(self) -> str:
        """Name the first missing file of the weights, without loading anything."""
        return find_weights_obstacle()

    def find_missing_languages(self) -> Mapping[str, str]:
        """Languages whose G2P is not available here. Imports their packages, in up to two seconds."""
        return find_missing_languages()

    def load(self) -> None:
        """Load the model, 54 voices and the American lexicon, in about two seconds, or share them. Raises WorkError (engine_unavailable)."""
        self.unload()
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        self._runtime = SHARED_RUNTIME.acquire()
        AMERICAN.phonemizer()

    def unload(self) -> None:
        if self._runtime is not None:
            self._runtime = None
            SHARED_RUNTIME.release()

    def name_variant(self) -> str:
        """Kind of the decoder."""
        return self.runtime.decoder_kind

    @property
    def runtime(self) -> KokoroRuntime:
        if self._runtime is None:
            raise RuntimeError("load() comes first")
        return self._runtime
