"""Kokoro's decoder rewritten to compute less: fixed ranges of activations in its generator, and fused norms.

The packaged graph measures the range of every activation before it quantises it (DynamicQuantizeLinear, ConvInteger), which takes most of its
time. Here its 64 large convolutions take ranges measured once (`tools/kokoro_scales.py`), so that ONNX Runtime computes them as
QLinearConv; the 58 AdaIN norms, nine operators each, become InstanceNormalization. Rewriting runs no model and takes half a second when the
weights are loaded, so that nothing is stored beside them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.graph import DECODER, GraphError
from workers.kokoro.kernels.blocks import NORM_EPSILON
from workers.kokoro.static_weights import ActivationRange, Convolution, ConvolutionRanges, Kernel, StaticWeights, find_convolutions


def make_static(
    part: bytes, *, weights: StaticWeights, layout: Sequence[tuple[str, int]], ranges: Mapping[str, ConvolutionRanges]
) -> bytes:
    """A part that takes `affine` (`cut_part`) rewritten, with the same inputs and outputs. Raises GraphError.

    Convolutions without ranges stay as they are packaged.
    """
    from onnx import ModelProto

    model = ModelProto.FromString(part)
    rewriting = _Rewriting(model)
    try:
        for convolution in find_convolutions(model):
            if convolution.name in ranges:
                rewriting.fix_ranges(convolution, weights.kernels[convolution.name], ranges=ranges[convolution.name])
        rewriting.fuse_norms(layout)
    except (KeyError, IndexError) as error:
        raise GraphError(f"the decoder has another form: {error!r}") from error
    rewriting.apply()
    return bytes(model.SerializeToString(deterministic=True))


class _Rewriting:
    """Replacements in a graph: nodes by the output that they now produce, and new initializers."""

    def __init__(self, model: Any) -> None:
        self._graph = model.graph
        self._tensors = {tensor.name: tensor for tensor in self._graph.initializer}
        self._producers = {output: node for node in self._graph.node for output in node.output}
        self._replacements: dict[str, list[Any]] = {}
        self._first: list[Any] = []

    def fix_ranges(self, convolution: Convolution, kernel: Kernel, *, ranges: ConvolutionRanges) -> None:
        """Compute a convolution as QLinearConv between its two ranges, with the bias unrounded by the packaged graph's scales."""
        from onnx import helper

        name = convolution.name
        bias = np.rint(kernel.bias.astype(np.float64) / (float(ranges.input.scale) * kernel.scales.astype(np.float64)))
        given = self._add_range(f"{name}/in", ranges.input)
        made = self._add_range(f"{name}/out", ranges.output)
        weights: dict[str, NDArray[Any]] = {
            "weights": kernel.weights,
            "scales": kernel.scales,
            "zero_points": np.zeros(len(kernel.scales), np.int8),
        }
        inputs = [f"{name}/quantised", *given, *(self._add(f"{name}/{key}", value) for key, value in weights.items()), *made]
        inputs.append(self._add(f"{name}/bias", bias.astype(np.int32)))
        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in convolution.node.attribute}
        self._replacements[convolution.output] = [
            helper.make_node("QuantizeLinear", [convolution.input, *given], [f"{name}/quantised"]),
            helper.make_node("QLinearConv", inputs, [f"{name}/convolved"], **attributes),
            helper.make_node("DequantizeLinear", [f"{name}/convolved", *made], [convolution.output]),
        ]

    def fuse_norms(self, layout: Sequence[tuple[str, int]]) -> None:
        """Compute each AdaIN norm as InstanceNormalization: its scale is 1 + gamma."""
        from onnx import helper

        ones = np.concatenate([np.repeat(np.array([1, 0], np.float32), size // 2) for _, size in layout])
        halves = np.array([size // 2 for _, size in layout for _ in range(2)], np.int64)
        outputs = [f"{name}/{half}" for name, _ in layout for half in ("scale", "shift")]
        self._first = [
            helper.make_node("Squeeze", ["affine", self._add("affine_axis", np.array([0], np.int64))], ["affine_row"]),
            helper.make_node("Add", ["affine_row", self._add("affine_ones", ones)], ["affine_scales"]),
            helper.make_node("Split", ["affine_scales", self._add("affine_halves", halves)], outputs, axis=0),
        ]
        for name, _ in layout:
            if tensors := self._norm_tensors(name):
                source, output = tensors
                inputs = [source, f"{name}/scale", f"{name}/shift"]
                self._replacements[output] = [helper.make_node("InstanceNormalization", inputs, [output], epsilon=NORM_EPSILON)]

    def apply(self) -> None:
        """Put the replacements in the places of the nodes that made the same outputs, and remove what nothing reads any more."""
        nodes = list(self._first)
        for node in self._graph.node:
            nodes += self._replacements.get(node.output[0], [node])
        read = {output.name for output in self._graph.output}
        kept = []
        for node in reversed(nodes):
            if any(output in read for output in node.output):
                read.update(node.input)
                kept.append(node)
        del self._graph.node[:]
        self._graph.node.extend(reversed(kept))
        tensors = [self._tensors[name] for name in sorted(self._tensors) if name in read]
        del self._graph.initializer[:]
        self._graph.initializer.extend(tensors)

    def _add(self, name: str, value: NDArray[Any]) -> str:
        """Add an initializer and return its name."""
        from onnx import numpy_helper

        self._tensors[name] = numpy_helper.from_array(value, name)
        return name

    def _add_range(self, name: str, values: ActivationRange) -> list[str]:
        return [self._add(f"{name}_scale", np.asarray(values.scale)), self._add(f"{name}_zero_point", np.asarray(values.zero_point))]

    def _norm_tensors(self, name: str) -> tuple[str, str] | None:
        """Input and output of a norm: Add(Mul(scale, Div(Sub(input, mean), deviation)), shift). Norms of one input share its Div.

        None for a norm in another part of the graph.
        """
        path = f"{DECODER}{name.replace('generator.', 'generator/').replace('.adain', '/adain').replace('.norm', '/norm')}"
        shifted = (node for node in self._graph.node if node.op_type == "Add" and f"{path}/Slice_1_output_0" in node.input)
        if (add := next(shifted, None)) is None:
            return None
        divided = self._producers[self._producers[add.input[0]].input[1]]
        return self._producers[divided.input[0]].input[0], add.output[0]
