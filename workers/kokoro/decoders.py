"""Kinds of Kokoro's decoder, the fastest that runs here first: compiled kernels, static graph, packaged graph."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.compiled_decoder import CompiledDecoder
from workers.kokoro.graph import GraphError, cut_part
from workers.kokoro.kernels.blocks import check_kernels
from workers.kokoro.kernels.library import KernelError
from workers.kokoro.sessions import open_session
from workers.kokoro.static_graph import make_static
from workers.kokoro.static_weights import HEAVY, Calibration, StaticWeights, read_calibration

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]
Layout = Sequence[tuple[str, int]]

VARIABLE: Final = "TTSAI_KOKORO_DECODER"
"""Environment variable: the fastest kind that may be used."""
COMPILED: Final = "compiled"
STATIC: Final = "static"
PACKAGED: Final = "packaged"
KINDS: Final = (COMPILED, STATIC, PACKAGED)


class Decoder(Protocol):
    """Computes audio; called by several threads at once."""

    kind: str
    """One of KINDS; the samples of two kinds differ."""

    def __call__(self, feeds: Mapping[str, Floats]) -> Floats:
        """Audio [600t] of asr, f0, energy, har and affine, each with a batch axis of 1."""


class SessionDecoder:
    """Decoder in one session of ONNX Runtime."""

    def __init__(self, model: bytes, *, kind: str = PACKAGED) -> None:
        self.kind = kind
        self._session = open_session(model)

    def __call__(self, feeds: Mapping[str, Floats]) -> Floats:
        (audio,) = self._session.run(["audio"], {**feeds})
        samples: Floats = audio.ravel()
        return samples


def wanted_kind() -> str:
    """The operator's choice, by default the fastest kind."""
    chosen = os.environ.get(VARIABLE) or KINDS[0]
    if chosen in KINDS:
        return chosen
    logger.warning("kokoro_decoder_unknown %s must be one of %s, not %r; %s is used", VARIABLE, ", ".join(KINDS), chosen[:40], PACKAGED)
    return PACKAGED


def open_decoder(model: Any, *, layout: Layout, kind: str) -> Decoder:
    """Decoder of that kind or, with the reason in the log, of the next one that runs here. Raises GraphError for another model's graph."""
    for name, opened in _decoders(model, layout=layout):
        if KINDS.index(name) < KINDS.index(kind):
            continue
        try:
            decoder = opened()
        except (GraphError, KernelError) as error:
            if name == PACKAGED:
                raise
            logger.warning("kokoro_decoder_unusable kind=%s: %s", name, error)
            continue
        logger.info("kokoro_decoder kind=%s", name)
        return decoder
    raise ValueError(f"there is no decoder {kind!r}")


def _decoders(model: Any, *, layout: Layout) -> list[tuple[str, Callable[[], Decoder]]]:
    def compiled() -> Decoder:
        check_kernels()
        weights, calibration = _calibrated(model)
        return CompiledDecoder(model, weights=weights, layout=layout, ranges=calibration.ranges)

    def static() -> Decoder:
        check_integer_convolution()
        weights, calibration = _calibrated(model)
        decoder = cut_part(model, "decode", layout=layout)
        # The other convolutions too would save 5% and cost 0.01 of DNSMOS: here what leaves a convolution has 8 bits as well.
        ranges = {name: row for name, row in calibration.ranges.items() if HEAVY.fullmatch(name)}
        return SessionDecoder(make_static(decoder, weights=weights, layout=layout, ranges=ranges), kind=STATIC)

    def packaged() -> Decoder:
        return SessionDecoder(cut_part(model, "decode", layout=layout))

    return [(COMPILED, compiled), (STATIC, static), (PACKAGED, packaged)]


def _calibrated(model: Any) -> tuple[StaticWeights, Calibration]:
    """Weights and the ranges measured with them. Raises GraphError for other weights."""
    weights, calibration = StaticWeights(model), read_calibration()
    if weights.fingerprint != calibration.fingerprint:
        raise GraphError("the activation ranges were measured with other weights: python -m tools.kokoro_scales")
    return weights, calibration


def check_integer_convolution() -> None:
    """Compare one QLinearConv of extreme values with whole numbers. Raises GraphError.

    Processors without VNNI add pairs of products in 16 bits, which overflow: 255 * 127 twice.
    """
    from onnx import TensorProto, helper, numpy_helper

    channels, time = 64, 8
    weights = np.full((channels, channels, 1), 127, np.int8)
    one, zero = np.float32(1), np.uint8(0)
    arrays: dict[str, NDArray[Any]] = {
        "one": np.asarray(one),
        "zero": np.asarray(zero),
        "weights": weights,
        "weight_zero": np.asarray(np.int8(0)),
        "out": np.asarray(np.float32(255 * 127 * channels / 200)),
    }
    inputs = ["x", "one", "zero", "weights", "one", "weight_zero", "out", "zero"]
    graph = helper.make_graph(
        [helper.make_node("QLinearConv", inputs, ["y"])],
        "check",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [1, channels, time])],
        [helper.make_tensor_value_info("y", TensorProto.UINT8, [1, channels, time])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    (y,) = open_session(model.SerializeToString()).run(["y"], {"x": np.full((1, channels, time), 255, np.uint8)})
    if not np.array_equal(y, np.full_like(y, 200)):
        raise GraphError("this processor's 8-bit convolutions overflow")
