"""Writes workers/kokoro/activation_ranges.json: ranges of what enters and leaves the decoder's convolutions, for the static graph.

python -m tools.kokoro_scales     # about six CPU minutes; needs the weights kokoro

The packaged graph quantises each activation anew, which costs more than the convolutions themselves. The static graph takes fixed ranges. Here
all 54 voices read sentences of their languages, and random mixes read too, whose sound is that of voices made by accounts. The range of a tensor
is the one with the smallest squared error of 8 bits over all of its values: rare peaks are clipped rather than everything else coarsened.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx

from tools.kokoro_likenesses import make_mix
from workers.kokoro.accents import ACCENTS
from workers.kokoro.graph import cut_part, read_affine_weights
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.static_weights import CALIBRATION, StaticWeights
from workers.kokoro.stock_voices import STOCK_VOICES, VOICES_BY_ID
from workers.weights.store import WeightStore

SENTENCES: Final = Path(__file__).with_suffix(".toml")
MIXES: Final = range(54, 54 + 24)
BIN: Final = 1 / 128
REACH: Final = 64.0
"""Largest absolute value that is counted in a bin of its own; what is larger counts as this."""
STRIDE: Final = 5
"""Every fifth value is counted."""
SHARES: Final = np.concatenate([np.linspace(0.3, 0.98, 35), np.linspace(0.982, 1.0, 10)])
"""Candidates for both ends of a range, as shares of the largest and smallest value seen."""


@dataclass
class Histogram:
    """Counts of a tensor's values."""

    counts: np.ndarray = field(default_factory=lambda: np.zeros(int(2 * REACH / BIN), np.int64))

    def add(self, values: np.ndarray) -> None:
        indices = ((values.ravel()[::STRIDE] + REACH) / BIN).astype(np.int32)
        self.counts += np.bincount(np.clip(indices, 0, len(self.counts) - 1), minlength=len(self.counts))

    def best_range(self) -> tuple[float, float]:
        """Ends of the range with the smallest squared error; zero lies within."""
        used = np.flatnonzero(self.counts)
        values, weights = (used + 0.5) * BIN - REACH, self.counts[used].astype(np.float64)
        lowest, highest = min(float(values[0]), 0.0), max(float(values[-1]), 0.0)
        low, high = lowest, highest
        for _ in range(3):
            low = min((share * lowest for share in SHARES), key=lambda end: squared_error(values, weights, end, high))
            high = min((share * highest for share in SHARES), key=lambda end: squared_error(values, weights, low, end))
        return low, high


def squared_error(values: np.ndarray, weights: np.ndarray, low: float, high: float) -> float:
    """Squared error of 8 bits over that range."""
    step = max(high - low, 1e-6) / 255
    rounded = np.clip(np.rint((values - low) / step), 0, 255) * step + low
    return float(weights @ (values - rounded) ** 2 + weights.sum() * step**2 * BIN)


def read_sentences() -> Iterator[tuple[str, dict[str, float]]]:
    """Phonemes and the mix of stock voices that reads them."""
    texts = tomllib.loads(SENTENCES.read_text("utf-8"))
    phonemes = {accent: [ACCENTS[accent].phonemizer()(text).phonemes for text in lines] for accent, lines in texts.items()}
    for number, voice in enumerate(STOCK_VOICES):
        lines = phonemes[VOICES_BY_ID[voice].language]
        yield lines[number % len(lines)], {voice: 1.0}
    everything = [line for lines in phonemes.values() for line in lines]
    for number in MIXES:
        weights = make_mix(number).timbre
        yield everything[number % len(everything)], {name: float(w) for name, w in zip(STOCK_VOICES, weights, strict=True) if w}


def open_observed(model: Any, tensors: list[str]) -> Any:
    """Session of the decoder with these tensors as further outputs."""
    import onnxruntime

    decoder = onnx.load_from_string(cut_part(model, "decode", layout=read_affine_weights(model).layout))
    decoder.graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in tensors)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(decoder.SerializeToString(), options, providers=["CPUExecutionProvider"])


def main() -> None:
    """Measure and write."""
    runtime = KokoroRuntime.load(kind="packaged")
    model = onnx.load(WeightStore.default().path("kokoro", "model.onnx"))
    weights = StaticWeights(model)
    convolutions = weights.convolutions
    tensors = [name for convolution in convolutions for name in (convolution.input, convolution.output)]
    session, histograms = open_observed(model, tensors), {name: Histogram() for name in tensors}
    for number, (phonemes, mix) in enumerate(read_sentences()):
        known = "".join(phoneme for phoneme in phonemes if phoneme in runtime.vocabulary)
        tokens, style = runtime.tokens(known), runtime.mix_styles(mix, phoneme_count=len(known))
        encoding = runtime.encode(tokens, style=style)
        frames = runtime.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style)
        feeds = {
            "asr": frames.asr,
            "f0": frames.f0,
            "energy": frames.energy,
            "har": runtime.harmonics(frames.f0),
            "affine": runtime.affine(style),
        }
        arrays = session.run(tensors, {name: array[np.newaxis] for name, array in feeds.items()})
        for name, array in zip(tensors, arrays, strict=True):
            histograms[name].add(array)
        print(number, flush=True)
    rows = {
        convolution.name: [round(end, 4) for name in (convolution.input, convolution.output) for end in histograms[name].best_range()]
        for convolution in convolutions
    }
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(rows.items()))
    CALIBRATION.write_text(f'{{\n  "fingerprint": "{weights.fingerprint}",\n  "ranges": {{\n{lines}\n  }}\n}}\n')


if __name__ == "__main__":
    main()
