"""The protocol of engines that answer."""

from collections.abc import Sequence
from typing import Protocol, cast

from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.contract.listening import Turn
from workers.protocols.engine import Model


class Responder(Model, Protocol):
    """A model that holds a conversation."""

    is_remote: bool = False
    """Waits for a server and computes nothing here, so it takes no compute thread."""

    def is_notice(self, answer: str) -> bool:  # noqa: ARG002 - most responders always answer
        """True if an answer of this responder says only that it cannot answer: such a turn is not charged."""
        return False

    def reply(self, turns: Sequence[Turn], *, system_prompt: str, language: str) -> str:
        """The answer to the last turn, of bounded length and within a bounded time; never empty.

        turns: the conversation, oldest first, the last one the user's. language: primary tag of what the user spoke, empty where nobody
        knows. Raises WorkError (engine_unavailable, timed_out, invalid_text).
        """


def as_responder(model: Model) -> Responder:
    """The model as one that answers. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "chat":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not answer.")
    return cast("Responder", model)
