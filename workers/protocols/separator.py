"""Protocol of engines that split music into stems."""

from collections.abc import Mapping
from typing import Final, Protocol, cast

from workers.audio.streams import Frames
from workers.contract.audio_processing import STEM_NAMES
from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.protocols.engine import Model

KIND: Final = "separate"
CHANNELS: Final = 2
"""Separators take and return stereo; mono is sent as two equal channels."""


class Separator(Model, Protocol):
    """Engine of kind `separate`. `spec.stems` lists the numbers of stems that it can make."""

    spec: EngineSpec
    """`sample_rate` is the only rate that it takes, in Hz."""
    block_seconds: float = 12.0
    """Length of the blocks into which a recording is cut; the last or only one has up to twice as much."""
    overlap_seconds: float = 2.0
    """Overlap of neighbouring blocks, whose results are cross-faded."""

    def separate(self, frames: Frames, *, stems: int) -> Mapping[str, Frames]:
        """Split stereo frames [n, 2] into stems [n, 2], named as `STEM_NAMES[stems]` lists them.

        Called in a compute thread, by several threads at once. Raises WorkError (unknown_engine) for a number of stems that it cannot make.
        """


def as_separator(model: Model) -> Separator:
    """Narrow to a separator. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != KIND:
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not separate music.")
    return cast("Separator", model)


def check_stems(spec: EngineSpec, *, stems: int) -> tuple[str, ...]:
    """Names of the stems. Raises WorkError (unknown_engine), listing what the engine can make."""
    if stems not in spec.stems or stems not in STEM_NAMES:
        raise WorkError(UNKNOWN_ENGINE, f"{spec.name} makes {' or '.join(map(str, spec.stems)) or 'no'} stems, not {stems}.")
    return STEM_NAMES[stems]
