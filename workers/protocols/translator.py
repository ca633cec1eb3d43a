"""Protocol of translation engines."""

from collections.abc import Sequence
from typing import Protocol, cast

from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, UNSUPPORTED_LANGUAGE, WorkError
from workers.protocols.engine import Model


class Translator(Model, Protocol):
    """Translation engine for the pairs in `spec.directions`."""

    is_remote: bool = False
    """True if it waits for a server and computes nothing here, so that it takes no compute thread."""
    batch_characters: int = 2000
    """Most characters per call, so that a call takes a few seconds; a longer sentence is sent alone."""

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Translate each text, in order; a text without letters is returned unchanged.

        source, target: primary tags. Raises WorkError (unsupported_language, engine_unavailable, timed_out).
        """


def as_translator(model: Model) -> Translator:
    """Narrow to a translator. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "translate":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not translate.")
    return cast("Translator", model)


def check_direction(spec: EngineSpec, *, source: str, target: str) -> None:
    """Raise WorkError (unsupported_language), listing the available pairs, if the engine does not translate this pair."""
    targets = spec.targets_from(source)
    if target in targets:
        return
    if targets:
        raise WorkError(UNSUPPORTED_LANGUAGE, f"{spec.name} translates from {source} to {', '.join(targets)}, not to {target}.")
    raise WorkError(UNSUPPORTED_LANGUAGE, f"{spec.name} does not translate from {source}, only from {', '.join(spec.sources())}.")
