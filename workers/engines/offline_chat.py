"""Responder without a language model, which says so: greetings, the time, the date, sums."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from workers.contract.engines import EngineSpec
from workers.contract.listening import Turn
from workers.protocols.engine import Model
from workers.protocols.responder import Responder
from workers.text.smalltalk import answer_smalltalk
from workers.text.smalltalk_phrases import PHRASES

MEMORY_BYTES: Final = 1024**2


class OfflineChat(Responder):
    """Rule-based responder."""

    spec = EngineSpec(
        id="offline",
        name="Offline assistant",
        version="1",
        kind="chat",
        description="Rules instead of a language model: greetings, the time, the date, sums; it says that it is offline",
        licence="Apache-2.0",
        suggested_tier="free",
        languages=tuple(PHRASES),
        memory_bytes=MEMORY_BYTES,
    )

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone()) -> None:
        self._clock = clock

    def load(self) -> None: ...

    def unload(self) -> None: ...

    def is_notice(self, answer: str) -> bool:
        """True if the answer is the bare notice, with no greeting, time, date or sum before it."""
        return answer in {phrases.notice for phrases in PHRASES.values()}

    def reply(self, turns: Sequence[Turn], *, system_prompt: str, language: str) -> str:  # noqa: ARG002 - rules follow no prompt
        """Answer in the given language if supported, otherwise in the language of the text, otherwise in English."""
        said = turns[-1].content if turns else ""
        return answer_smalltalk(said, language=language, now=self._clock()).text


def build_engines() -> list[Model]:
    return [OfflineChat()]
