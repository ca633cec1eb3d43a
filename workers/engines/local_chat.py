"""Small local language model through llama.cpp: TTSAI_CHAT_GGUF names any instruction-tuned model, otherwise SmolLM2-135M is used."""

import importlib.util
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, INVALID_TEXT, WorkError
from workers.contract.transcription import Turn
from workers.protocols.engine import Model
from workers.protocols.responder import Responder
from workers.text.answers import truncate_answer
from workers.weights.sets.smollm2 import NAME, SMOLLM2
from workers.weights.store import WeightsMissingError, WeightStore

MODEL_VARIABLE: Final = "TTSAI_CHAT_GGUF"
"""Environment variable: file of any instruction-tuned model, with its chat template inside."""
LIBRARY: Final = "llama_cpp"

CONTEXT_TOKENS: Final = 2048
MAX_TOKENS: Final = 160
"""Most tokens of an answer: a minute of speech, and about three seconds of one core for the packaged model."""
SECONDS: Final = 20.0
"""Seconds after which an answer is cut off: a larger model on a slow machine must not occupy a compute thread for long."""
TEMPERATURE: Final = 0.2
SEED: Final = 1
"""Fixed seed, so that the same conversation gets the same answer."""
REPEAT_PENALTY: Final = 1.1
OVERHEAD_BYTES: Final = 150 * 1024**2
"""Memory of the context and the library's buffers."""
SYSTEM_PROMPT: Final = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
"""System prompt that SmolLM2 was trained with; a model this small answers worse with any other."""

SMOLLM2_SPEC: Final = EngineSpec(
    id="local-chat",
    name="SmolLM2-135M",
    version="smollm2-135m-q4_1-1",
    kind="chat",
    description="A very small language model on this machine: small talk, and facts that are often wrong",
    licence=SMOLLM2.licence,
    suggested_tier="free",
    languages=("en",),
    memory_bytes=SMOLLM2.size_bytes + OVERHEAD_BYTES,
)


class LocalChat(Responder):
    """One GGUF model. It answers one conversation at a time, since it has one context."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        given = environment.get(MODEL_VARIABLE, "")
        self._given = Path(given) if given else None
        self._llama: Any = None
        self._lock = Lock()
        self.spec = SMOLLM2_SPEC
        if self._given and self._given.is_file():
            size = self._given.stat().st_size
            name = self._given.stem
            self.spec = replace(
                SMOLLM2_SPEC,
                name=name,
                version=f"{name}-{size}",
                description="The language model that the operator put on this machine",
                licence="the model's own",
                languages=(),
                memory_bytes=size + OVERHEAD_BYTES,
            )

    def find_obstacle(self) -> str:
        """Name the missing library or weights, without loading them."""
        if importlib.util.find_spec(LIBRARY) is None:
            return "A language model on this machine needs llama.cpp: pip install -r requirements/chat.txt"
        try:
            self._path()
        except WeightsMissingError as missing:
            return missing.message
        return ""

    def _path(self) -> Path:
        if self._given is None:
            return WeightStore.default().path(SMOLLM2.name, NAME)
        if not self._given.is_file():
            raise WeightsMissingError(f"{MODEL_VARIABLE} names {self._given}, which does not exist.")
        return self._given

    def load(self) -> None:
        """Load the model. Raises WorkError (engine_unavailable)."""
        import llama_cpp

        path = self._path()
        try:
            self._llama = llama_cpp.Llama(str(path), n_ctx=CONTEXT_TOKENS, n_threads=1, n_threads_batch=1, verbose=False)
        except (ValueError, RuntimeError, OSError) as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"The language model {path.name} cannot be read.") from error

    def unload(self) -> None:
        with self._lock:
            self._llama = None

    def reply(self, turns: Sequence[Turn], *, system_prompt: str, language: str) -> str:  # noqa: ARG002 - the model sees it in the text
        """Answer the conversation; the oldest turns are dropped if the context is too small.

        Raises WorkError (invalid_text if the last turn alone is too long, engine_unavailable).
        """
        with self._lock:
            if self._llama is None:
                raise RuntimeError("load() comes first")
            for considered in (turns, turns[-1:]):  # a conversation that leaves a small model speechless is begun anew
                messages = self._fit_context(considered, system_prompt=system_prompt or SYSTEM_PROMPT)
                pieces, is_cut = self._complete(messages)
                if text := truncate_answer("".join(pieces), is_cut=is_cut):
                    return text
        raise WorkError(ENGINE_UNAVAILABLE, "The language model gave an empty answer.")

    def _fit_context(self, turns: Sequence[Turn], *, system_prompt: str) -> list[dict[str, str]]:
        """Newest turns that leave room for an answer after the system prompt."""
        room = CONTEXT_TOKENS - MAX_TOKENS - self._count(system_prompt)
        kept: list[dict[str, str]] = []
        for turn in reversed(turns):
            room -= self._count(turn.content)
            if room < 0:
                break
            kept.append({"role": turn.role, "content": turn.content})
        if not kept:
            raise WorkError(INVALID_TEXT, "The text is too long for the language model of this server. Send a shorter one.")
        return [{"role": "system", "content": system_prompt}, *reversed(kept)]

    def _count(self, text: str) -> int:
        """Tokens of one message, including the chat template around it."""
        return len(self._llama.tokenize(text.encode(errors="replace"), add_bos=False)) + 8

    def _complete(self, messages: list[dict[str, str]]) -> tuple[list[str], bool]:
        """Answer in pieces, and True if it was cut off."""
        deadline = time.monotonic() + SECONDS
        chunks: Iterator[Any] = self._llama.create_chat_completion(
            messages, max_tokens=MAX_TOKENS, temperature=TEMPERATURE, repeat_penalty=REPEAT_PENALTY, seed=SEED, stream=True
        )
        pieces: list[str] = []
        for chunk in chunks:
            choice = chunk["choices"][0]
            pieces.append(choice["delta"].get("content") or "")
            if choice.get("finish_reason"):
                return pieces, choice["finish_reason"] == "length"
            if time.monotonic() > deadline:
                return pieces, True
        return pieces, False


def build_engines() -> list[Model]:
    return [LocalChat(os.environ)]
