"""CAM++ speaker encoder as an ONNX graph: a 2-D front end, then densely connected time-delay layers with context-aware masks (Wang et al.
2023, arXiv:2303.00332; 3D-Speaker's configuration).
"""

from typing import Final

from workers.speakers.graph_builder import GraphBuilder, Tensors

BANDS: Final = 80
EMBEDDING_SIZE: Final = 192
FRONT_SIZE: Final = 320
"""Channels times bands behind the front end."""
BLOCKS: Final = ((12, 1), (24, 2), (16, 2))
"""Layers and dilation of each block."""
CONTEXT_FRAMES: Final = 100
"""Frames, of 20 ms, over which a mask's context is averaged."""


def build_graph(tensors: Tensors) -> bytes:
    """Serialised model: `fbank` float32 [n, frames, 80] to `embeddings` float32 [n, 192], not of unit length."""
    graph = GraphBuilder(tensors)
    bands = graph.add("Transpose", "fbank", perm=[0, 2, 1])
    front = _front(graph, graph.add("Unsqueeze", bands, graph.integers(1)))
    x = graph.add("Reshape", front, graph.integers(0, FRONT_SIZE, -1))
    x = graph.convolution(x, "xvector.tdnn.linear", strides=[2], pads=[2, 2])
    x = _activation(graph, x, "xvector.tdnn.nonlinear")
    context_of_frame = _context_of_frame(graph, x)
    for number, (layers, dilation) in enumerate(BLOCKS, start=1):
        for layer in range(1, layers + 1):
            added = _layer(graph, x, f"xvector.block{number}.tdnnd{layer}", dilation=dilation, context_of_frame=context_of_frame)
            x = graph.add("Concat", x, added, axis=1)
        x = _activation(graph, x, f"xvector.transit{number}.nonlinear")
        x = graph.convolution(x, f"xvector.transit{number}.linear")
    x = _statistics(graph, _activation(graph, x, "xvector.out_nonlinear"))
    x = graph.convolution(graph.add("Unsqueeze", x, graph.integers(2)), "xvector.dense.linear")
    x = graph.batch_norm(graph.add("Squeeze", x, graph.integers(2)), "xvector.dense.nonlinear.batchnorm")
    return graph.build(
        "campplus", inputs={"fbank": ["n", "frames", BANDS]}, output=x, output_name="embeddings", output_shape=["n", EMBEDDING_SIZE]
    )


def _front(graph: GraphBuilder, x: str) -> str:
    """Residual blocks over [n, 1, 80, frames], which quarter the bands twice."""
    x = graph.add("Relu", graph.batch_norm(graph.convolution(x, "head.conv1", pads=[1, 1, 1, 1]), "head.bn1"))
    for layer in ("head.layer1", "head.layer2"):
        for number, stride in enumerate((2, 1)):
            x = _residual_block(graph, x, f"{layer}.{number}", stride=stride)
    x = graph.convolution(x, "head.conv2", pads=[1, 1, 1, 1], strides=[2, 1])
    return graph.add("Relu", graph.batch_norm(x, "head.bn2"))


def _residual_block(graph: GraphBuilder, x: str, prefix: str, *, stride: int) -> str:
    inner = graph.batch_norm(graph.convolution(x, f"{prefix}.conv1", pads=[1, 1, 1, 1], strides=[stride, 1]), f"{prefix}.bn1")
    inner = graph.convolution(graph.add("Relu", inner), f"{prefix}.conv2", pads=[1, 1, 1, 1])
    inner = graph.batch_norm(inner, f"{prefix}.bn2")
    if graph.has_tensor(f"{prefix}.shortcut.0.weight"):
        x = graph.batch_norm(graph.convolution(x, f"{prefix}.shortcut.0", strides=[stride, 1]), f"{prefix}.shortcut.1")
    return graph.add("Relu", graph.add("Add", inner, x))


def _activation(graph: GraphBuilder, x: str, prefix: str) -> str:
    return graph.add("Relu", graph.batch_norm(x, f"{prefix}.batchnorm"))


def _layer(graph: GraphBuilder, x: str, prefix: str, *, dilation: int, context_of_frame: str) -> str:
    """Time-delay layer whose output is masked by the mean of all frames and of those around each frame."""
    x = graph.convolution(_activation(graph, x, f"{prefix}.nonlinear1"), f"{prefix}.linear1")
    x = _activation(graph, x, f"{prefix}.nonlinear2")
    local = graph.convolution(x, f"{prefix}.cam_layer.linear_local", dilations=[dilation], pads=[dilation, dilation])
    means = graph.add("AveragePool", x, kernel_shape=[CONTEXT_FRAMES], strides=[CONTEXT_FRAMES], ceil_mode=1)
    around = graph.add("Gather", means, context_of_frame, axis=2)
    context = graph.add("Add", graph.add("ReduceMean", x, axes=[2], keepdims=1), around)
    hidden = graph.add("Relu", graph.convolution(context, f"{prefix}.cam_layer.linear1"))
    mask = graph.add("Sigmoid", graph.convolution(hidden, f"{prefix}.cam_layer.linear2"))
    return graph.add("Mul", local, mask)


def _context_of_frame(graph: GraphBuilder, x: str) -> str:
    """Index of the stretch of CONTEXT_FRAMES in which each frame of x [n, channels, frames] lies."""
    frames = graph.add("Squeeze", graph.add("Shape", x, start=2, end=3), graph.integers(0))
    positions = graph.add("Range", graph.constant(0, int), frames, graph.constant(1, int))
    return graph.add("Div", positions, graph.constant(CONTEXT_FRAMES, int))


def _statistics(graph: GraphBuilder, x: str) -> str:
    """Mean and standard deviation (unbiased) over the frames of x [n, channels, frames], of which there are at least two."""
    mean = graph.add("ReduceMean", x, axes=[2], keepdims=1)
    distance = graph.add("Sub", x, mean)
    squares = graph.add("ReduceSum", graph.add("Mul", distance, distance), graph.integers(2), keepdims=0)
    frames = graph.add("Cast", graph.add("Shape", x, start=2, end=3), to=1)
    variance = graph.add("Div", squares, graph.add("Sub", frames, graph.constant([1])))
    return graph.add("Concat", graph.add("Squeeze", mean, graph.integers(2)), graph.add("Sqrt", variance), axis=1)
