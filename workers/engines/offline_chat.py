"""Responder that says that no language model is installed."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workers.contract.engines import EngineSpec
from workers.contract.transcription import Turn
from workers.protocols.engine import Model
from workers.protocols.responder import Responder
from workers.text.language import detect_language

MEMORY_BYTES: Final = 1024**2
NOTICES: Final[Mapping[str, str]] = MappingProxyType(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))
"""The notice by language."""
READ_CHARACTERS: Final = 500
"""Characters of a message that its language is detected from."""


class OfflineChat(Responder):
    """Answers every message with a notice in the user's language."""

    spec = EngineSpec(
        id="offline",
        name="Offline assistant",
        version="2",
        kind="chat",
        description="No language model: every answer is a notice that none is installed, free of charge",
        licence="Apache-2.0",
        suggested_tier="free",
        languages=tuple(NOTICES),
        memory_bytes=MEMORY_BYTES,
    )

    def load(self) -> None:
        """Do nothing: there are no weights to read."""

    def unload(self) -> None:
        """Do nothing: there are no weights to drop."""

    def is_notice(self, answer: str) -> bool:  # noqa: ARG002 - the protocol's
        """Every answer is a notice."""
        return True

    def reply(self, turns: Sequence[Turn], *, system_prompt: str, language: str) -> str:  # noqa: ARG002 - the protocol's
        """Notice in the given language if available, otherwise in the language of the last message, otherwise in English."""
        said = turns[-1].content[:READ_CHARACTERS] if turns else ""
        return NOTICES[language if language in NOTICES else detect_language(said, among=list(NOTICES), preferred="en")]


def build_engines() -> list[Model]:
    return [OfflineChat()]
