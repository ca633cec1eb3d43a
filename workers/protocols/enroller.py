"""Protocol of engines that make voices from recordings: they fit what another engine speaks with."""

from typing import Final, Protocol

from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.protocols.engine import Model

KIND: Final = "enrol"
QUEUE: Final = "enrolment"
"""Queue group of the fits. Recordings are examined in a group of their own (EXAMINATION_QUEUE)."""


class Enroller(Model, Protocol):
    """Engine of kind `enrol`."""

    spec: EngineSpec
    """`memory_bytes` is what a fit takes in its child process."""


def as_enroller(model: Model) -> Enroller:
    """Narrow to an enroller. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != KIND:
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} makes no voices.")
    return model
