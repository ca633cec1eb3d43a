"""Responder on any OpenAI-compatible chat server: TTSAI_CHAT_URL, TTSAI_CHAT_MODEL and, if needed, TTSAI_CHAT_KEY."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from workers.chat_server import read_settings
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.contract.transcription import Turn
from workers.protocols.engine import Model
from workers.protocols.responder import Responder
from workers.text.answers import truncate_answer

PREFIX: Final = "TTSAI_CHAT"
SECONDS: Final = 60.0
"""Time limit of an answer, unless TTSAI_CHAT_SECONDS sets another."""
MAX_TOKENS: Final = 600
"""Most tokens of an answer: about three minutes of speech."""
TEMPERATURE: Final = 0.7

SYSTEM_PROMPT: Final = (
    "You are a friendly voice assistant. What you answer is read aloud: a few short sentences, no lists, no markup, no emoji. "
    "Answer in the language that the user speaks."
)
"""System prompt for requests without one."""

EMPTY_SPEC: Final = EngineSpec(
    id="openai-chat",
    name="Chat server",
    version="1",
    kind="chat",
    description="Any OpenAI-compatible chat server that the operator names",
    licence="the server's own",
)


class OpenAIChat(Responder):
    """One model of one server."""

    is_remote = True

    def __init__(self, environment: Mapping[str, str]) -> None:
        settings = read_settings(environment, prefix=PREFIX, seconds=SECONDS)
        self._server, self._obstacle = settings.server, settings.obstacle
        self.spec = EMPTY_SPEC
        if self._server:
            identity = hashlib.sha256(f"{self._server.url} {self._server.model}".encode()).hexdigest()[:12]
            self.spec = replace(EMPTY_SPEC, name=f"{self._server.model} (chat server)", version=identity)

    def find_obstacle(self) -> str:
        """Name the missing settings; the server itself is contacted by the first request."""
        return self._obstacle

    def load(self) -> None: ...

    def unload(self) -> None: ...

    def reply(self, turns: Sequence[Turn], *, system_prompt: str, language: str) -> str:  # noqa: ARG002 - the model sees it in the text
        """The model's answer. Raises WorkError (engine_unavailable, timed_out, invalid_text)."""
        if self._server is None:
            raise WorkError(ENGINE_UNAVAILABLE, self._obstacle)
        messages = [{"role": "system", "content": system_prompt or SYSTEM_PROMPT}]
        messages += [{"role": turn.role, "content": turn.content} for turn in turns]
        answer = self._server.complete(messages, max_tokens=MAX_TOKENS, temperature=TEMPERATURE)
        text = truncate_answer(answer.text, is_cut=answer.is_cut)
        if not text:
            raise WorkError(ENGINE_UNAVAILABLE, "The language model gave an empty answer.")
        return text


def build_engines() -> list[Model]:
    return [OpenAIChat(os.environ)]
