"""Protocol of responders, which answer in conversations."""

from collections.abc import Sequence
from typing import Protocol, cast

from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.contract.transcription import Turn
from workers.protocols.engine import Model


class Responder(Model, Protocol):
    """Engine that holds a conversation."""

    is_remote: bool = False
    """True if it waits for a server and computes nothing here, so that it takes no compute thread."""

    def is_notice(self, answer: str) -> bool:  # noqa: ARG002 - most responders always answer
        """True if the answer only says that the responder cannot answer: such a turn is not charged."""
        return False

    def reply(self, turns: Sequence[Turn], *, system_prompt: str, language: str) -> str:
        """Answer to the last turn, of bounded length and within bounded time; never empty.

        turns: the conversation, oldest first, the last one the user's. language: primary tag of the user's language, empty if unknown.
        Raises WorkError (engine_unavailable, timed_out, invalid_text).
        """


def as_responder(model: Model) -> Responder:
    """Narrow to a responder. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "chat":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} is not a responder.")
    return cast("Responder", model)
