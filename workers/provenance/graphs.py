"""Perth's two networks as ONNX graphs: stacks of seven one-dimensional convolutions (resemble-perth 1.0.1, MIT)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

BANDS: Final = 128
"""Bins of the spectrum that carry the mark: those below 2 kHz at 32 kHz with a transform of 2048."""
LAYERS: Final = 7
SLOPE: Final = 0.01
"""Negative slope of LeakyReLU, the default of PyTorch, after each convolution but the last."""
BRANCHES: Final = ("slow", "normal", "fast")
OPSET: Final = 17
IR_VERSION: Final = 9

Weights = Mapping[str, NDArray[Any]]


def build_encoder(weights: Weights) -> bytes:
    """Serialised model: `band` float32 [1, 128, frames] to `residual` of the same shape. The weights have PyTorch's names."""
    stacks = [_Stack("encoder.layers", "band", "out_band")]
    return _serialise(weights, name="perth_encoder", stacks=stacks, output="residual", channels=BANDS)


def build_decoder(weights: Weights) -> bytes:
    """Serialised model: `slow`, `normal` and `fast`, float32 [1, 128, frames], to `scores` [1, 2, frames of all three]: attention and mark."""
    stacks = [_Stack(f"decoder.{branch}_layers", branch, f"out_{branch}") for branch in BRANCHES]
    return _serialise(weights, name="perth_decoder", stacks=stacks, output="scores", channels=2)


class _Stack(NamedTuple):
    prefix: str
    """Prefix of the names of its weights."""
    source: str
    target: str


def _serialise(weights: Weights, *, name: str, stacks: Sequence[_Stack], output: str, channels: int) -> bytes:
    """Graph of parallel stacks, whose outputs are concatenated in time."""
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    constants: dict[str, NDArray[np.float32]] = {}
    for stack in stacks:
        layers = [_layer(weights, stack, layer) for layer in range(LAYERS)]
        nodes += [node for made, _ in layers for node in made]
        constants |= {name: value for _, given in layers for name, value in given.items()}
    nodes.append(helper.make_node("Concat", [stack.target for stack in stacks], [output], axis=2))
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(stack.source, TensorProto.FLOAT, [1, BANDS, f"frames_{stack.source}"]) for stack in stacks],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, channels, "frames"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    return bytes(model.SerializeToString())


def _layer(weights: Weights, stack: _Stack, layer: int) -> tuple[list[Any], dict[str, NDArray[np.float32]]]:
    """Nodes and constants of one convolution, whose output has as many frames as its input."""
    from onnx import helper

    kernel, bias = (np.ascontiguousarray(weights[f"{stack.prefix}.{layer}.conv.{kind}"], np.float32) for kind in ("weight", "bias"))
    constants = {f"kernel_{stack.source}{layer}": kernel, f"bias_{stack.source}{layer}": bias}
    padding, is_last = (kernel.shape[2] - 1) // 2, layer == LAYERS - 1
    given = f"active_{stack.source}{layer - 1}" if layer else stack.source
    made = stack.target if is_last else f"conv_{stack.source}{layer}"
    nodes = [helper.make_node("Conv", [given, *constants], [made], pads=[padding, padding])]
    if not is_last:
        nodes.append(helper.make_node("LeakyRelu", [made], [f"active_{stack.source}{layer}"], alpha=SLOPE))
    return nodes, constants
