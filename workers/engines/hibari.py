"""Hibari on ONNX Runtime: one small English voice, about a hundred times faster than real time on one core."""

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import SynthesisedAudio
from workers.audio.tempo import change_tempo, split_speed
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, NOTHING_TO_SAY, WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine, find_built_in
from workers.text.english import english_phonemizer
from workers.text.ipa import kokoro_spelling
from workers.text.phonemes import phoneme_boundaries, time_words
from workers.text.sentences import split_sentences

SAMPLE_RATE: Final = 24_000
DURATION_TENSOR: Final = "/Cast_32_output_0"
"""Name of the durations inside the graph of hibari-tts 0.2.1, one per token."""
DURATION_SECONDS: Final = 0.025
"""Seconds per duration unit: two frames of 300 samples at 24 kHz, as in Kokoro, which it was distilled from."""
LEAD_UNITS: Final = 3
"""Lead of the first token, as in Kokoro."""

LONGEST_PHONEMES: Final = 400
"""The value of hibari.tts.MAX_PHONEMES."""
LONGEST_CHARACTERS: Final = 300
RATES: Final = MappingProxyType({0.6: 0.608, 0.7: 0.706, 0.8: 0.804, 0.9: 0.952, 1.0: 1.0})
"""Speeds of the model and its measured rate at each, by its durations for 12 sentences; the rest is stretched at constant pitch, as in
Kokoro.
"""

NOISE_SEED: Final = 0
"""Fixed seed for the noise of breath and fricatives, so that a sentence always sounds the same."""


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    """Called by several threads at once: each call computes in its caller's thread."""
    vocabulary: Mapping[str, int]


class HibariEngine(Engine):
    """Hibari's voice "heart", whose weights are in its wheel."""

    spec = EngineSpec(
        id="hibari",
        name="Hibari",
        version="0.2.1-2",
        description="A very fast, small English voice",
        licence="Apache-2.0",
        suggested_tier="standard",
        languages=("en",),
        voices=(VoiceSpec("heart", "Heart", "en-us", "female", "American English, female", ("american",)),),
        default_voice="heart",
        sample_rate=SAMPLE_RATE,
        minimum_speed=0.25,
        maximum_speed=4.0,
        has_streaming=True,
        has_word_timings=True,
        is_deterministic=True,
        memory_bytes=400 * 1024**2,
    )

    def __init__(self) -> None:
        self._model: _Model | None = None

    def find_obstacle(self) -> str:
        """Name the missing library, without loading anything."""
        missing = [name for name in ("hibari", "onnx", "onnxruntime") if importlib.util.find_spec(name) is None]
        return f"Hibari needs {', '.join(missing)}: install requirements/worker-cpu.txt." if missing else ""

    def load(self) -> None:
        """Open the model with its durations as an additional output. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        import onnxruntime
        from hibari.tts import ASSETS

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = _graph_with_durations(Path(ASSETS) / "hibari.onnx")
        self._model = _Model(
            onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"]),
            json.loads((Path(ASSETS) / "vocab.json").read_text("utf-8")),
        )
        english_phonemizer(is_british=False)

    def unload(self) -> None:
        self._model = None

    def split(self, text: str, *, language: str) -> list[Sentence]:  # noqa: ARG002  # it speaks one
        phonemise = cache(english_phonemizer(is_british=False))
        return split_sentences(
            text,
            longest=LONGEST_CHARACTERS,
            fits=lambda piece: len(phonemise(piece).phonemes) <= LONGEST_PHONEMES,
            is_speakable=lambda piece: bool(phonemise(piece).words),
        )

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:
        """Synthesise a sentence from `split`, at a speed from 0.25 to 4. Raises WorkError (unknown_voice, unsupported_language,
        nothing_to_say).
        """
        if self._model is None:
            raise RuntimeError("load() comes first")
        find_built_in(self.spec, voice, language=language)
        phonemised = english_phonemizer(is_british=False)(text).with_given(phonemes, spell=kokoro_spelling)
        phonemised = phonemised.restrict(self._model.vocabulary.__contains__)
        if not phonemised.words:
            raise WorkError(NOTHING_TO_SAY, "The text contains nothing that can be spoken in English.")
        model_speed, tempo = split_speed(speed, rates=RATES)
        samples, durations = _synthesise(self._model, phonemised.phonemes, speed=model_speed)
        seconds = phoneme_boundaries(durations, unit_seconds=DURATION_SECONDS / tempo, lead_units=LEAD_UNITS)
        spoken = change_tempo(samples, sample_rate=SAMPLE_RATE, tempo=tempo)
        return SynthesisedAudio(spoken, SAMPLE_RATE, time_words(phonemised, text=text, boundaries=seconds))


def _graph_with_durations(path: Path) -> bytes:
    import onnx

    model = onnx.load(path)
    if not any(DURATION_TENSOR in node.output for node in model.graph.node):
        raise WorkError(ENGINE_UNAVAILABLE, "This release of hibari-tts is not the one in requirements/worker-cpu.txt.")
    model.graph.output.append(onnx.helper.make_tensor_value_info(DURATION_TENSOR, onnx.TensorProto.INT64, None))
    return bytes(model.SerializeToString())


def _synthesise(model: _Model, phonemes: str, *, speed: float) -> tuple[NDArray[np.float32], list[int]]:
    """Samples [n], and the duration of each token, padding included."""
    from hibari import dsp

    tokens = [0, *(model.vocabulary[phoneme] for phoneme in phonemes), 0]
    names = ["lh", "theta", "ln", "lr", "phi", "f0", DURATION_TENSOR]
    inputs = {"ids": np.array([tokens], np.int64), "speed": np.array([speed], np.float32)}
    *spectra, durations = model.session.run(names, inputs)
    samples = dsp.synth(*(spectrum[0] for spectrum in spectra), np.random.default_rng(NOISE_SEED))
    return np.asarray(samples, np.float32), durations.ravel().tolist()


def build_engines() -> list[Engine]:
    return [HibariEngine()]
