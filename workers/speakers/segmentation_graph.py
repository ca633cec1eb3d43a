"""pyannote's segmentation-3.0 as an ONNX graph: SincNet, four bidirectional LSTM layers, dense layers (Plaquet and Bredin 2023,
arXiv:2310.13025).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.speakers.graph_builder import LEAK, GraphBuilder, Tensors

CLASSES: Final = 7
HIDDEN: Final = 128
LAYERS: Final = 4
STRIDE: Final = 10
LOWEST_HERTZ: Final = 50.0
NARROWEST_HERTZ: Final = 50.0


def build_graph(tensors: Tensors) -> bytes:
    """Serialised model: `wave` float32 [n, 1, samples] at 16 kHz to `powerset` float32 [n, frames, 7], logarithms of probabilities."""
    graph = GraphBuilder(tensors)
    x = graph.instance_norm("wave", "sincnet.wav_norm1d")
    x = graph.add("Abs", graph.add("Conv", x, graph.constant(sinc_filters(graph)), strides=[STRIDE]))
    x = _pool(graph, x, "sincnet.norm1d.0")
    for layer in (1, 2):
        x = _pool(graph, graph.convolution(x, f"sincnet.conv1d.{layer}"), f"sincnet.norm1d.{layer}")
    x = graph.add("Transpose", x, perm=[2, 0, 1])
    for layer in range(LAYERS):
        x = graph.lstm(x, "lstm", layer=layer, hidden=HIDDEN, directions=2)
    for prefix in ("linear.0", "linear.1"):
        x = graph.add("LeakyRelu", graph.linear(x, prefix), alpha=LEAK)
    x = graph.add("LogSoftmax", graph.linear(x, "classifier"), axis=-1)
    x = graph.add("Transpose", x, perm=[1, 0, 2])
    return graph.build(
        "segmentation", inputs={"wave": ["n", 1, "samples"]}, output=x, output_name="powerset", output_shape=["n", "frames", CLASSES]
    )


def _pool(graph: GraphBuilder, x: str, norm: str) -> str:
    pooled = graph.add("MaxPool", x, kernel_shape=[3], strides=[3])
    return graph.add("LeakyRelu", graph.instance_norm(pooled, norm), alpha=LEAK)


def sinc_filters(graph: GraphBuilder) -> NDArray[np.float32]:
    """Band-pass filters [80, 1, 251], even and odd, from the learned edges of 40 bands (asteroid_filterbanks.ParamSincFB)."""
    prefix = "sincnet.conv1d.0.filterbank"
    window, times = graph.tensor(f"{prefix}.window_"), graph.tensor(f"{prefix}.n_")
    low = LOWEST_HERTZ + np.abs(graph.tensor(f"{prefix}.low_hz_"))
    high = np.clip(low + NARROWEST_HERTZ + np.abs(graph.tensor(f"{prefix}.band_hz_")), LOWEST_HERTZ, RECOGNITION_SAMPLE_RATE / 2)
    band = high - low
    even = (np.sin(high * times) - np.sin(low * times)) / (times / 2) * window
    odd = (np.cos(low * times) - np.cos(high * times)) / (times / 2) * window
    filters = [
        np.concatenate([even, 2 * band, even[:, ::-1]], axis=1),
        np.concatenate([odd, np.zeros_like(band), -odd[:, ::-1]], axis=1),
    ]
    return np.asarray(np.concatenate(filters) / (2 * np.concatenate([band, band])), np.float32)[:, None]
