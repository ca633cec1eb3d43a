"""GE2E speaker encoder as an ONNX graph: three LSTM layers, one dense layer, unit length (Wan et al. 2018, arXiv:1710.10467)."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.speakers.mel import BANDS

HIDDEN: Final = 256
EMBEDDING_SIZE: Final = 256
LAYERS: Final = 3
OPSET: Final = 17
IR_VERSION: Final = 9
"""ONNX IR version published with opset 17; older runtimes refuse a newer one."""


def build_graph(weights: Mapping[str, NDArray[Any]]) -> bytes:
    """Serialised model: `mels` float32 [n, frames, 40] to `embeddings` float32 [n, 256]. The weights have PyTorch's names."""
    from onnx import TensorProto, helper, numpy_helper

    tensors = {name: np.asarray(value, np.float32) for name, value in weights.items()}
    nodes = [helper.make_node("Transpose", ["mels"], ["sequence0"], perm=[1, 0, 2])]
    constants = {"dense": tensors["linear.weight"], "dense_bias": tensors["linear.bias"]}
    for layer in range(LAYERS):
        constants |= _layer_constants(tensors, layer=layer)
        inputs = [f"sequence{layer}", f"input{layer}", f"recurrent{layer}", f"bias{layer}"]
        nodes.append(helper.make_node("LSTM", inputs, [f"directions{layer}", f"last{layer}"], hidden_size=HIDDEN))
        nodes.append(helper.make_node("Squeeze", [f"directions{layer}", "one"], [f"sequence{layer + 1}"]))
    nodes += [
        helper.make_node("Squeeze", [f"last{LAYERS - 1}", "zero"], ["final"]),
        helper.make_node("Gemm", ["final", "dense", "dense_bias"], ["raw"], transB=1),
        helper.make_node("Relu", ["raw"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["embeddings"], axis=1, p=2),
    ]
    axes = {"zero": np.array([0], np.int64), "one": np.array([1], np.int64)}
    graph = helper.make_graph(
        nodes,
        "ge2e",
        [helper.make_tensor_value_info("mels", TensorProto.FLOAT, ["n", "frames", BANDS])],
        [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", EMBEDDING_SIZE])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in (constants | axes).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    return bytes(model.SerializeToString())


def _layer_constants(tensors: Mapping[str, NDArray[np.float32]], *, layer: int) -> dict[str, NDArray[np.float32]]:
    biases = [_gates(tensors[f"lstm.bias_{kind}_l{layer}"]) for kind in ("ih", "hh")]
    return {
        f"input{layer}": _gates(tensors[f"lstm.weight_ih_l{layer}"])[None],
        f"recurrent{layer}": _gates(tensors[f"lstm.weight_hh_l{layer}"])[None],
        f"bias{layer}": np.concatenate(biases)[None],
    }


def _gates(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorder gates: PyTorch has input, forget, cell, output; ONNX wants input, output, forget, cell."""
    in_, forget, cell, out = np.split(weight, 4)
    return np.concatenate([in_, out, forget, cell])
