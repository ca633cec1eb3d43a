"""The protocol of engines that translate."""

from collections.abc import Sequence
from typing import Protocol, cast

from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, UNSUPPORTED_LANGUAGE, WorkError
from workers.protocols.engine import Model


class Translator(Model, Protocol):
    """A model that writes in one language what is written in another. `spec.directions` tells which pairs it knows."""

    is_remote: bool = False
    """Waits for a server and computes nothing here, so it takes no compute thread."""
    batch_characters: int = 2000
    """Most characters per call, so that a call takes a few seconds; a longer sentence is sent alone."""

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """The translation of each text, in order; a text without a letter comes back as it is.

        source, target: primary tags. Raises WorkError (unsupported_language, engine_unavailable, timed_out).
        """


def as_translator(model: Model) -> Translator:
    """The model as one that translates. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "translate":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not translate.")
    return cast("Translator", model)


def check_direction(spec: EngineSpec, *, source: str, target: str) -> None:
    """Raises WorkError (unsupported_language) that lists what there is for a pair that the engine does not translate."""
    targets = spec.targets_from(source)
    if target in targets:
        return
    if targets:
        raise WorkError(UNSUPPORTED_LANGUAGE, f"{spec.name} translates from {source} to {', '.join(targets)}, not to {target}.")
    raise WorkError(UNSUPPORTED_LANGUAGE, f"{spec.name} does not translate from {source}, only from {', '.join(spec.sources())}.")
