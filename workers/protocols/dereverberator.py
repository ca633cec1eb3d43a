"""Protocol of engines that remove echo and reverberation."""

from typing import Final, Protocol, cast

from workers.audio.streams import AudioStream
from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.protocols.engine import Model

KIND: Final = "dereverb"


class Dereverberator(Model, Protocol):
    """Engine of kind `dereverb`."""

    spec: EngineSpec
    """`sample_rate` is the only rate that its streams take, in Hz."""

    def open_stream(self, *, channels: int, target: str, intensity: int) -> AudioStream:
        """Stream that dries one recording. target: echo, reverb or both; intensity: 1 to 5, a higher one removes more.

        Raises WorkError (engine_unavailable).
        """


def as_dereverberator(model: Model) -> Dereverberator:
    """Narrow to a dereverberator. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != KIND:
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not remove reverberation.")
    return cast("Dereverberator", model)
