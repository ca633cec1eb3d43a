"""Voices of accounts for Kokoro: fitted to recordings in a child process (workers/cloning)."""

import importlib.util
from typing import Final

from workers.cloning.warm_up import fill_cache
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.kokoro.runtime import find_weights_obstacle
from workers.protocols.engine import Model
from workers.protocols.enroller import KIND, QUEUE, Enroller
from workers.speakers.ge2e import Ge2eEncoder
from workers.weights.store import WeightsMissingError

ENGINE_ID: Final = "kokoro-enrol"
FIT_BYTES: Final = 2048 << 20
"""Resident memory of the child process at its highest; 1.9 GB measured."""
LIBRARIES: Final = ("jax", "jaxlib", "onnx", "onnxruntime", "pyworld")


class KokoroEnroller(Enroller):
    """Makes voices for `kokoro-clone`. The child process loads everything; the worker itself holds nothing."""

    spec = EngineSpec(
        id=ENGINE_ID,
        name="Kokoro enrolment",
        version="1",
        kind=KIND,
        description="Fits a voice of Kokoro to recordings of a speaker",
        licence="Apache-2.0",
        queue=QUEUE,
        memory_bytes=FIT_BYTES,
    )

    def find_obstacle(self) -> str:
        """Name the first missing library or weights file, without loading anything."""
        missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
        if missing:
            return f"{self.spec.name} needs {', '.join(missing)}: install requirements/worker-cpu.txt."
        try:
            Ge2eEncoder().path()
        except WeightsMissingError as error:
            return error.message
        return find_weights_obstacle()

    def load(self) -> None:
        """Check that everything is here. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)

    def unload(self) -> None:
        """Do nothing: the child process ended with its fit."""

    def prepare(self) -> None:
        """Compile what every fit needs, once and at idle priority."""
        fill_cache()


def build_engines() -> list[Model]:
    return [KokoroEnroller()]
