"""Builds ONNX graphs from the tensors of PyTorch models."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

OPSET: Final = 17
IR_VERSION: Final = 9
"""ONNX IR version published with opset 17; older runtimes refuse a newer one."""
LEAK: Final = 0.01
"""Slope of PyTorch's leaky ReLU below zero."""
EPSILON: Final = 1e-5
"""Term that PyTorch adds to variances."""

Tensors = Mapping[str, NDArray[Any]]


class GraphBuilder:
    """Nodes and constants of a graph. Methods return the name of what they compute; `tensors` have PyTorch's names."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._nodes: list[Any] = []
        self._constants: dict[str, NDArray[Any]] = {}

    def constant(self, value: Any, dtype: type = np.float32) -> str:
        name = f"constant{len(self._constants)}"
        self._constants[name] = np.asarray(value, dtype, order="C")
        return name

    def integers(self, *values: int) -> str:
        """Constant [n] of int64, for axes and shapes."""
        return self.constant(values, np.int64)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Tensor of the checkpoint. Raises KeyError."""
        return np.asarray(self._tensors[name], np.float32)

    def has_tensor(self, name: str) -> bool:
        return name in self._tensors

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """Add a node; returns its first output."""
        from onnx import helper

        names = [f"{operator}{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names[0]

    def convolution(self, x: str, prefix: str, **attributes: Any) -> str:
        names = [f"{prefix}.{kind}" for kind in ("weight", "bias") if self.has_tensor(f"{prefix}.{kind}")]
        return self.add("Conv", x, *(self.constant(self.tensor(name)) for name in names), **attributes)

    def batch_norm(self, x: str, prefix: str) -> str:
        """Batch normalisation by the stored statistics, with weight and bias if the checkpoint has them."""
        mean, variance = self.tensor(f"{prefix}.running_mean"), self.tensor(f"{prefix}.running_var")
        has_weight = self.has_tensor(f"{prefix}.weight")
        scale = self.tensor(f"{prefix}.weight") if has_weight else np.ones_like(mean)
        shift = self.tensor(f"{prefix}.bias") if has_weight else np.zeros_like(mean)
        return self.add("BatchNormalization", x, *map(self.constant, (scale, shift, mean, variance)), epsilon=EPSILON)

    def instance_norm(self, x: str, prefix: str) -> str:
        scale, shift = (self.constant(self.tensor(f"{prefix}.{kind}")) for kind in ("weight", "bias"))
        return self.add("InstanceNormalization", x, scale, shift, epsilon=EPSILON)

    def linear(self, x: str, prefix: str) -> str:
        """Dense layer over the last axis."""
        product = self.add("MatMul", x, self.constant(self.tensor(f"{prefix}.weight").T))
        return self.add("Add", product, self.constant(self.tensor(f"{prefix}.bias")))

    def lstm(self, x: str, prefix: str, *, layer: int, hidden: int, directions: int = 1) -> str:
        """Sequence [frames, n, size] to its states [frames, n, directions * hidden]."""
        ends = [f"l{layer}", f"l{layer}_reverse"][:directions]
        weights = np.stack([_gates(self.tensor(f"{prefix}.weight_ih_{end}")) for end in ends])
        recurrent = np.stack([_gates(self.tensor(f"{prefix}.weight_hh_{end}")) for end in ends])
        biases = np.stack([np.concatenate([_gates(self.tensor(f"{prefix}.bias_{kind}_{end}")) for kind in ("ih", "hh")]) for end in ends])
        direction = "bidirectional" if directions == 2 else "forward"
        inputs = (x, *map(self.constant, (weights, recurrent, biases)))
        states = self.add("LSTM", *inputs, hidden_size=hidden, direction=direction)  # [frames, directions, n, hidden]
        by_item = self.add("Transpose", states, perm=[0, 2, 1, 3])
        return self.add("Reshape", by_item, self.integers(0, 0, directions * hidden))

    def build(self, name: str, *, inputs: Mapping[str, Sequence[Any]], output: str, output_name: str, output_shape: Sequence[Any]) -> bytes:
        """Serialised model of float32 inputs and one output; a shape's strings are free dimensions."""
        from onnx import TensorProto, helper, numpy_helper

        self._nodes.append(helper.make_node("Identity", [output], [output_name]))
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, list(shape)) for key, shape in inputs.items()],
            [helper.make_tensor_value_info(output_name, TensorProto.FLOAT, list(output_shape))],
            [numpy_helper.from_array(value, key) for key, value in self._constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        return bytes(model.SerializeToString())


def _gates(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorder gates: PyTorch has input, forget, cell, output; ONNX wants input, output, forget, cell."""
    in_, forget, cell, out = np.split(weight, 4)
    return np.concatenate([in_, out, forget, cell])
