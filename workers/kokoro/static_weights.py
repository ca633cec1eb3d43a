"""Weights of the decoder's convolutions for fixed ranges of activations, from the packaged graph."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.graph import DECODER, GraphError

CALIBRATION: Final = Path(__file__).with_name("activation_ranges.json")
HEAVY: Final = re.compile(r"generator/(resblocks|noise_res)\.\d/convs[12]\.\d")
"""The generator's convolutions, nine tenths of the work."""
FIXED: Final = re.compile(rf"{HEAVY.pattern}|(encode|decode\.\d)/conv(1|2|1x1)|asr_res/asr_res\.0")
"""Convolutions with fixed ranges."""
QUANTISED: Final = re.compile(rf"{DECODER}(.+)/Conv_quant")


class ActivationRange(NamedTuple):
    """Values that 8 bits represent; zero lies within."""

    low: float
    high: float

    @property
    def scale(self) -> np.float32:
        return np.float32((self.high - self.low) / 255)

    @property
    def zero_point(self) -> np.uint8:
        return np.uint8(np.rint(-self.low / float(self.scale)))


class ConvolutionRanges(NamedTuple):
    """Ranges of what enters a convolution and of what leaves it."""

    input: ActivationRange
    output: ActivationRange


@dataclass(frozen=True, slots=True)
class Calibration:
    """Measured ranges (`tools/kokoro_scales.py`)."""

    fingerprint: str
    """Digest of the weights that the ranges were measured with."""
    ranges: Mapping[str, ConvolutionRanges]
    """Ranges by convolution, such as generator/resblocks.0/convs1.0."""


@dataclass(frozen=True, slots=True)
class Convolution:
    """Dynamically quantised convolution of the packaged graph, by its tensors: Mul(Cast(Add(ConvInteger, bias)), scales)."""

    name: str
    node: Any
    input: str
    """Weights before quantisation."""
    output: str
    """Weights with bias and scale applied."""
    weight_scale: str
    bias: str
    """Empty without one."""


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """Convolution with symmetric weights."""

    weights: NDArray[np.int8]
    """[outputs, inputs, taps], from -127 to 127."""
    scales: NDArray[np.float32]
    """[outputs]"""
    bias: NDArray[np.float32]
    dilation: int


def read_calibration() -> Calibration:
    """The committed ranges."""
    content = json.loads(CALIBRATION.read_text("utf-8"))
    ranges = {name: ConvolutionRanges(ActivationRange(*row[:2]), ActivationRange(*row[2:])) for name, row in content["ranges"].items()}
    return Calibration(content["fingerprint"], ranges)


def find_convolutions(model: Any) -> list[Convolution]:
    """Convolutions to be computed with fixed ranges, in the packaged graph or in a part of it. Raises GraphError."""
    producers = {output: node for node in model.graph.node for output in node.output}
    last = {node.name: node for node in model.graph.node}
    names = ((node, match[1]) for node in model.graph.node if (match := QUANTISED.fullmatch(node.name)))
    try:
        return [
            _describe(name, node, last[f"{DECODER}{name}/Conv_quant_output_scale_mul"], producers=producers)
            for node, name in names
            if FIXED.fullmatch(name)
        ]
    except (KeyError, IndexError) as error:
        raise GraphError(f"a convolution has another form: {error} is missing") from error


class StaticWeights:
    """Kernels of the convolutions by name."""

    def __init__(self, model: Any) -> None:
        """Read the packaged graph or its part `decode`. Raises GraphError."""
        self._tensors = {tensor.name: tensor for tensor in model.graph.initializer}
        self.convolutions = find_convolutions(model)
        try:
            self.kernels = {convolution.name: self._read_kernel(convolution) for convolution in self.convolutions}
        except (KeyError, StopIteration) as error:
            raise GraphError(f"the generator has another form: {error!r}") from error

    @property
    def fingerprint(self) -> str:
        """Digest of all kernels."""
        digest = hashlib.sha256()
        for name, kernel in sorted(self.kernels.items()):
            digest.update(repr((name, kernel.weights.shape, kernel.dilation)).encode())
            for array in (kernel.weights, kernel.scales, kernel.bias):
                digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def array(self, name: str) -> NDArray[Any]:
        """Value of an initializer. Raises KeyError."""
        from onnx import numpy_helper

        return np.asarray(numpy_helper.to_array(self._tensors[name]))

    def _read_kernel(self, convolution: Convolution) -> Kernel:
        """Packaged weights made symmetric for each output channel.

        The packaged ones are unsigned with one zero point for the whole kernel, for which QLinearConv takes 1.25 times as long.
        """
        node = convolution.node
        whole = self.array(node.input[1]).astype(np.int32) - self.array(node.input[3]).astype(np.int32)
        largest = np.maximum(np.abs(whole).reshape(len(whole), -1).max(axis=1), 1)
        factors = 127 / largest.astype(np.float64)
        scales = self.array(convolution.weight_scale).astype(np.float64).reshape(-1) / factors
        weights = np.rint(whole * factors[:, np.newaxis, np.newaxis]).astype(np.int8)
        dilation = next(attribute.ints[0] for attribute in node.attribute if attribute.name == "dilations")
        bias = self.array(convolution.bias).ravel() if convolution.bias else np.zeros(len(whole))
        return Kernel(weights, scales.astype(np.float32), bias.astype(np.float32), dilation)


def _describe(name: str, node: Any, scaled: Any, *, producers: Mapping[str, Any]) -> Convolution:
    """Follow one convolution's tensors; a bias is divided by the scale, rounded and added."""
    added, bias = producers[producers[scaled.input[0]].input[0]], ""
    if added.op_type == "Add":
        divided = producers[added.input[1]]
        while divided.op_type != "Div":
            divided = producers[divided.input[0]]
        bias = divided.input[0]
    return Convolution(
        name,
        node,
        input=producers[node.input[0]].input[0],
        output=scaled.output[0],
        weight_scale=producers[scaled.input[1]].input[1],
        bias=bias,
    )
