"""Base of engines that speak with the voice of a recording through an optional library."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from workers.adapters.library_model import LibraryModel
from workers.audio.samples import Samples, SynthesisedAudio
from workers.audio.tempo import change_tempo
from workers.contract.engines import EngineSpec
from workers.contract.errors import NOTHING_TO_SAY, UNSUPPORTED_LANGUAGE, WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine
from workers.text.sentences import split_sentences

GIGABYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class CloneRequest:
    """One sentence in the voice of a recording."""

    text: str
    language: str
    """Primary tag."""
    reference: Path
    """The speaker's recording, mono WAV."""
    transcript: str
    """Words of the recording; empty if they are unknown."""
    speed: float


class ReferenceSpeechEngine(LibraryModel, Engine):
    """Speaks with `VoiceRef.conditioning`, a recording. Subclasses declare what they need, load it and synthesise.

    One sentence at a time: these libraries keep the voice and the state of a call on the model.
    """

    longest_characters: ClassVar[int] = 300
    has_speed: ClassVar[bool] = False
    """True if the library itself speaks faster or slower; otherwise the audio is stretched at constant pitch."""

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        """Audio as an array or tensor of any shape, and its sample rate in Hz."""
        raise NotImplementedError

    def split(self, text: str, *, language: str) -> list[Sentence]:  # noqa: ARG002 - the same in all of them
        return split_sentences(text, longest=self.longest_characters)

    def speak(
        self,
        text: str,
        *,
        voice: VoiceRef,
        language: str,
        speed: float,
        phonemes: Sequence[GivenPhonemes] = (),  # noqa: ARG002 - none of them takes phonemes
    ) -> SynthesisedAudio:
        """Synthesise a sentence. Raises WorkError (unknown_voice, unsupported_language, nothing_to_say, bad_audio, storage_unavailable)."""
        if self._model is None:
            raise RuntimeError("load() comes first")
        primary = primary_tag(language or voice.language)
        if primary not in self.spec.languages:
            raise WorkError(UNSUPPORTED_LANGUAGE, f"{self.spec.name} does not speak {primary!r}, only {', '.join(self.spec.languages)}.")
        if not any(character.isalnum() for character in text):
            raise WorkError(NOTHING_TO_SAY, "The text contains nothing that can be spoken.")
        request = CloneRequest(text, primary, self._references.path(voice), voice.transcript, speed)
        with self._lock:
            made, sample_rate = self.synthesise(self._model, request if self.has_speed else replace(request, speed=1.0))
        samples = to_samples(made)
        if speed != 1.0 and not self.has_speed:
            samples = change_tempo(samples, sample_rate=sample_rate, tempo=speed)
        return SynthesisedAudio(samples, sample_rate)


def to_samples(made: Any) -> Samples:
    """Mono samples [n] of a tensor or array of any shape whose longest axis is time."""
    if hasattr(made, "detach"):
        made = made.detach().cpu().float().numpy()
    samples = np.squeeze(np.asarray(made))
    if samples.dtype.kind == "i":
        samples = samples / np.iinfo(samples.dtype).max
    if samples.ndim == 2:
        samples = samples.mean(axis=int(samples.shape[0] > samples.shape[1]))
    return np.ascontiguousarray(samples, np.float32).reshape(-1)


def cloning_spec(engine_id: str, name: str, **values: Any) -> EngineSpec:
    """Spec of an engine that speaks with recordings only."""
    return EngineSpec(
        id=engine_id,
        name=name,
        **{"has_cloning": True, "takes_recordings": True, "suggested_tier": "premium", "memory_bytes": 4 * GIGABYTE, **values},
    )
