"""Weights of Kokoro's decoder as float32, from the packaged int8 graph."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.graph import DECODER, GraphError

Floats = NDArray[np.float32]

ALPHA: Final = re.compile(r"decoder\.decoder\.(generator\..+\.alpha\d\.\d)")
BASIS: Final = "decoder.decoder.generator.stft.istft.stft.inverse_basis"


@dataclass(frozen=True, slots=True)
class ConvolutionWeights:
    """One convolution, or transposed convolution, over time."""

    kernel: Floats
    """[taps, inputs, outputs]; of a depthwise one [taps, 1, channels]. Taps of a transposed one in PyTorch's order."""
    bias: Floats | None
    dilation: int
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class DecoderWeights:
    """Everything frozen in the decoder."""

    convolutions: Mapping[str, ConvolutionWeights]
    """Weights by module, such as `decode.0/conv1`."""
    alphas: Mapping[str, Floats]
    """Snake's alpha [channels] by parameter, such as `generator.resblocks.0.alpha1.0`."""
    basis: Floats
    """Inverse short-time Fourier transform: [22, 20], rows for real and imaginary parts."""


def read_decoder_weights(model: Any) -> DecoderWeights:
    """Weights of the packaged graph's decoder. Raises GraphError."""
    from onnx import numpy_helper

    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    graph = _Graph(model, tensors)
    try:
        convolutions = dict(_read_convolutions(graph))
        alphas = {match[1]: graph.array(name).ravel() for name in tensors if (match := ALPHA.fullmatch(name))}
        basis = np.asarray(numpy_helper.to_array(tensors[BASIS]), np.float32)[:, 0]
    except (KeyError, IndexError, StopIteration) as error:
        raise GraphError(f"the decoder has another form: {error!r}") from error
    if not convolutions or not alphas:
        raise GraphError("the graph has no decoder")
    return DecoderWeights(convolutions, alphas, basis)


class _Graph:
    def __init__(self, model: Any, tensors: Mapping[str, Any]) -> None:
        self.nodes = list(model.graph.node)
        self.tensors = tensors
        self.producers = {output: node for node in self.nodes for output in node.output}
        self.consumers: dict[str, list[Any]] = {}
        for node in self.nodes:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)

    def array(self, name: str) -> Floats:
        from onnx import numpy_helper

        return np.asarray(numpy_helper.to_array(self.tensors[name]), np.float32)

    def constant_above(self, name: str) -> str:
        """The constant that a scaled and rounded bias is computed from: the dividend of the division above."""
        while (node := self.producers[name]).op_type != "Div":
            name = node.input[0]
        return str(next(found for found in node.input if found in self.tensors))


def _read_convolutions(graph: _Graph) -> Iterator[tuple[str, ConvolutionWeights]]:
    from onnx import helper

    for node in graph.nodes:
        if not node.name.startswith(DECODER) or "istft" in node.name or node.op_type not in {"Conv", "ConvInteger", "ConvTranspose"}:
            continue
        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        kernel, bias = _dequantised(graph, node) if node.op_type == "ConvInteger" else _plain(graph, node)
        axes = (2, 0, 1) if node.op_type == "ConvTranspose" else (2, 1, 0)
        module = node.name[len(DECODER) :].rsplit("/", 1)[0].replace("asr_res/asr_res.0", "asr_res")
        yield (
            module,
            ConvolutionWeights(
                np.ascontiguousarray(kernel.transpose(axes)),
                bias,
                dilation=attributes["dilations"][0],
                stride=attributes["strides"][0],
                padding=attributes["pads"][0],
            ),
        )


def _plain(graph: _Graph, node: Any) -> tuple[Floats, Floats | None]:
    return graph.array(node.input[1]), graph.array(node.input[2]) if len(node.input) > 2 else None


def _dequantised(graph: _Graph, node: Any) -> tuple[Floats, Floats | None]:
    """Kernel and bias of ConvInteger, [Add of the bias], Cast, Mul with the product of both scales."""
    (after,) = graph.consumers[node.output[0]]
    bias = None
    if after.op_type == "Add":
        summand = next(name for name in after.input if name != node.output[0])
        bias = graph.array(graph.constant_above(summand)).ravel()
        (after,) = graph.consumers[after.output[0]]
    (scaled,) = graph.consumers[after.output[0]]
    factor = graph.producers[next(name for name in scaled.input if name != after.output[0])]
    while factor.op_type != "Mul":
        factor = graph.producers[factor.input[0]]
    scale = graph.array(next(name for name in factor.input if name in graph.tensors))
    kernel = graph.array(node.input[1])
    each = (-1, 1, 1)
    return (kernel - graph.array(node.input[3]).reshape(each)) * scale.reshape(each), bias
