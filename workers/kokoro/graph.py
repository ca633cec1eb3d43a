"""Kokoro's packaged ONNX graph cut into parts, so that a voice, timings and pitch are inputs.

The packaged graph takes one style of 256 numbers. Its decoder uses the acoustic half only through fc(style) of 58 AdaIN norms: gamma and beta,
37,396 numbers together, which the part `decode` takes as its input `affine`. The weights stay as packaged (dynamic int8): the parts one after
the other give the packaged graph's audio, bit for bit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DECODER: Final = "/decoder/decoder/"
NORM_OUTPUT: Final = re.compile(rf"{DECODER}(.+)/fc/Gemm_output_0")
AUDIO_TENSOR: Final = "audio"

Shape = tuple[int | str, ...]


class GraphError(Exception):
    """The file is not the packaged graph."""


@dataclass(frozen=True, slots=True)
class Port:
    """Input or output of a part."""

    tensor: str
    """Name in the packaged graph."""
    shape: Shape
    type: str = "FLOAT"


@dataclass(frozen=True, slots=True)
class Part:
    """Sub-graph between named tensors."""

    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]
    has_affine: bool = False
    """True for the part whose AdaIN norms take the input `affine` [1, 37396]."""


# Axes: n tokens, t frames of 25 ms, u = 2t, v = 120t + 1, s = 600t samples at 24 kHz.
TOKENS: Final = Port("tokens", (1, "n"), "INT64")
STYLE: Final = Port("style", (1, 256))
TEXT: Final = Port("/encoder/text_encoder/Transpose_2_output_0", (1, 512, "n"))
FEATURES: Final = Port("/encoder/predictor/text_encoder/Concat_4_output_0", (1, "n", 640))
ALIGNED_FEATURES: Final = Port("/encoder/MatMul_output_0", (1, 640, "t"))
ASR: Final = Port("/encoder/MatMul_1_output_0", (1, 512, "t"))
F0: Final = Port("/encoder/Reshape_output_0", (1, "u"))
ENERGY: Final = Port("/encoder/Reshape_1_output_0", (1, "u"))
HARMONICS: Final = Port(f"{DECODER}generator/Concat_3_output_0", (1, 22, "v"))

PARTS: Final[Mapping[str, Part]] = {
    "encode": Part(
        {"tokens": TOKENS, "style": STYLE, "speed": Port("speed", (1,))},
        {"text": TEXT, "features": FEATURES, "durations": Port("duration", ("n",), "INT64")},
    ),
    "contour": Part({"features": ALIGNED_FEATURES, "style": STYLE}, {"f0": F0, "energy": ENERGY}),
    "harmonics": Part({"f0": F0}, {"har": HARMONICS}),
    "decode": Part({"asr": ASR, "f0": F0, "energy": ENERGY, "har": HARMONICS}, {"audio": Port(AUDIO_TENSOR, ("s",))}, has_affine=True),
}


@dataclass(frozen=True, slots=True)
class AffineWeights:
    """fc(style) of all AdaIN norms: gamma and beta from the acoustic half of a style, as the packaged graph computes them."""

    layout: tuple[tuple[str, int], ...]
    """Norms in alphabetical order, which is the order of `affine`, each with its count of numbers: gamma of all channels, then beta."""
    matrix: NDArray[np.float32]
    """[128, 37396]: whole numbers, the quantised weights less their zero points. Sums of their products stay exact in float32."""
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __call__(self, acoustic_style: NDArray[np.float32]) -> NDArray[np.float32]:
        """AdaIN numbers [37396] of a style's acoustic half [128]. Quantises it like ONNX's DynamicQuantizeLinear, for equal audio."""
        lowest, highest = min(np.float32(0), acoustic_style.min()), max(np.float32(0), acoustic_style.max())
        step = np.float32((highest - lowest) / np.float32(255)) or np.float32(1)
        zero_point = np.clip(np.rint(-lowest / step), 0, 255)
        quantised = np.clip(np.rint(acoustic_style / step) + zero_point, 0, 255) - zero_point
        affine: NDArray[np.float32] = (quantised.astype(np.float32) @ self.matrix) * (step * self.scale) + self.bias
        return affine


def read_affine_weights(model: Any) -> AffineWeights:
    """Matrices of fc(style) in the packaged graph. Raises GraphError."""
    producers = {output: node for node in model.graph.node for output in node.output}
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    try:
        norms = [_read_norm(output, producers=producers, tensors=tensors) for output in _norm_outputs(model)]
    except (KeyError, IndexError) as error:
        raise GraphError(f"the AdaIN norms have another form: {error} is missing") from error
    if not norms:
        raise GraphError("the graph has no AdaIN norms")
    names, matrices, scales, biases = zip(*norms, strict=True)
    layout = tuple((name, bias.size) for name, bias in zip(names, biases, strict=True))
    spread = [np.broadcast_to(scale, bias.shape) for scale, bias in zip(scales, biases, strict=True)]
    return AffineWeights(layout, np.concatenate(matrices, axis=1), np.concatenate(spread), np.concatenate(biases))


def cut_part(model: Any, name: str, *, layout: Sequence[tuple[str, int]], parts: Mapping[str, Part] = PARTS) -> bytes:
    """A part of the packaged graph as a model file. Raises GraphError for a graph without its tensors."""
    from onnx import ModelProto, TensorProto, helper, numpy_helper

    part = parts[name]
    renamed = {port.tensor: port_name for port_name, port in (*part.inputs.items(), *part.outputs.items())}
    given = {port.tensor for port in part.inputs.values()}
    split = _norm_outputs(model) if part.has_affine else []
    nodes, used = _nodes_between(model, given={*given, *split}, wanted=[port.tensor for port in part.outputs.values()])
    cut = ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    graph = cut.graph
    graph.name = name
    if split:
        graph.initializer.append(numpy_helper.from_array(np.array([size for _, size in layout], np.int64), "affine_sizes"))
        graph.node.append(helper.make_node("Split", ["affine", "affine_sizes"], split, axis=1))
    for node in nodes:
        added = graph.node.add()
        added.CopyFrom(node)
        added.input[:] = [renamed.get(tensor, tensor) for tensor in node.input]
        added.output[:] = [renamed.get(tensor, tensor) for tensor in node.output]
    graph.initializer.extend(tensor for tensor in model.graph.initializer if tensor.name in used)
    inputs = {**part.inputs, **({"affine": Port("affine", (1, sum(size for _, size in layout)))} if split else {})}
    for ports, declared in ((inputs, graph.input), (part.outputs, graph.output)):
        for port_name, port in ports.items():
            declared.append(helper.make_tensor_value_info(port_name, getattr(TensorProto, port.type), port.shape))
    return bytes(cut.SerializeToString())


def _norm_outputs(model: Any) -> list[str]:
    """Tensors with gamma and beta of each AdaIN norm, in alphabetical order of the norms."""
    found = (output for node in model.graph.node for output in node.output if NORM_OUTPUT.fullmatch(output))
    return sorted(found, key=_norm_name)


def _norm_name(output: str) -> str:
    match = NORM_OUTPUT.fullmatch(output)
    return match[1].replace("/", ".") if match else output


def _read_norm(
    output: str, *, producers: Mapping[str, Any], tensors: Mapping[str, Any]
) -> tuple[str, NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Name, whole-numbered matrix [128, 2C], scale and bias of one norm: Add(Mul(Cast(MatMulInteger), Mul(step, scale)), bias)."""
    from onnx import numpy_helper

    def array(name: str) -> NDArray[np.float32]:
        return np.asarray(numpy_helper.to_array(tensors[name]), np.float32)

    add = producers[output]
    scaled = producers[add.input[0]]
    product = producers[producers[scaled.input[0]].input[0]]
    matrix = array(product.input[1]) - array(product.input[3])
    return _norm_name(output), matrix, array(producers[scaled.input[1]].input[1]), array(add.input[1])


def _nodes_between(model: Any, *, given: set[str], wanted: Sequence[str]) -> tuple[list[Any], set[str]]:
    """Nodes that compute the wanted tensors from the given ones, and the names of all tensors they read. Raises GraphError."""
    read = set(wanted)
    chosen = [node for node in reversed(model.graph.node) if _is_read(node, read=read, given=given)]
    made = {output for node in chosen for output in node.output} | given
    missing = sorted(_missing(model, read=read, made=made) | (set(wanted) - made))
    if missing:
        raise GraphError(f"the tensor {missing[0]} is missing")
    return chosen[::-1], read


def _is_read(node: Any, *, read: set[str], given: set[str]) -> bool:
    """True for a node with an output that is read and not given; its inputs are read then."""
    if not any(output in read and output not in given for output in node.output):
        return False
    read.update(node.input)
    return True


def _missing(model: Any, *, read: set[str], made: set[str]) -> set[str]:
    known: Iterator[str] = (tensor.name for tensor in model.graph.initializer)
    return read - made - set(known) - {""}
