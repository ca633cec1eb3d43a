"""Protocol of engines that suppress noise, and of those that extend the bandwidth of a recording."""

from typing import Final, Protocol, cast

from workers.audio.streams import AudioStream
from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.protocols.engine import Model

KIND: Final = "enhance"


class Enhancer(Model, Protocol):
    """Engine of kind `enhance`."""

    spec: EngineSpec
    """`sample_rate` is the only rate that its streams take, in Hz."""

    def open_stream(self, *, channels: int, strength: int) -> AudioStream:
        """Stream that improves one recording. strength: one of STRENGTHS; a stronger one removes no less. Raises WorkError (engine_unavailable)."""


def as_enhancer(model: Model) -> Enhancer:
    """Narrow to an enhancer. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != KIND:
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not enhance recordings.")
    return cast("Enhancer", model)
