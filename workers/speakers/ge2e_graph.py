"""GE2E speaker encoder as an ONNX graph: three LSTM layers, one dense layer, unit length (Wan et al. 2018, arXiv:1710.10467)."""

from typing import Final

from workers.speakers.graph_builder import GraphBuilder, Tensors
from workers.speakers.mel import BANDS

HIDDEN: Final = 256
EMBEDDING_SIZE: Final = 256
LAYERS: Final = 3


def build_graph(tensors: Tensors) -> bytes:
    """Serialised model: `mels` float32 [n, frames, 40] to `embeddings` float32 [n, 256]."""
    graph = GraphBuilder(tensors)
    sequence = graph.add("Transpose", "mels", perm=[1, 0, 2])
    for layer in range(LAYERS):
        sequence = graph.lstm(sequence, "lstm", layer=layer, hidden=HIDDEN)
    final = graph.add("Gather", sequence, graph.constant(-1, int), axis=0)
    positive = graph.add("Relu", graph.linear(final, "linear"))
    unit = graph.add("LpNormalization", positive, axis=1, p=2)
    return graph.build(
        "ge2e", inputs={"mels": ["n", "frames", BANDS]}, output=unit, output_name="embeddings", output_shape=["n", EMBEDDING_SIZE]
    )
