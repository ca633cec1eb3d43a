"""Residual blocks of Kokoro's generator by the compiled kernels: weights packed once, then any number of calls in any threads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.kernels.library import ConvolutionStruct, KernelError, load_kernels
from workers.parallelism import run_parts

Floats = NDArray[np.float32]

ROWS: Final = 6
"""Rows that the kernel computes together: an array's time is rounded up to a multiple."""
OUTPUTS: Final = 64
"""Output channels that the kernel computes together."""
CONVOLUTIONS: Final = 6
NORM_EPSILON: Final = 1e-5
CHECK_TOLERANCE: Final = 0.05
"""A value that lies between two steps may be rounded either way, which moves the output by up to 0.01."""


@dataclass(frozen=True, slots=True, eq=False)
class BlockConvolution:
    """One convolution and the snake before it."""

    weights: NDArray[np.int8]
    """[outputs, inputs, taps]"""
    weight_scales: Floats
    """[outputs]"""
    bias: Floats
    dilation: int
    quantum: float
    """Scale of the activation's 8 bits."""
    zero_point: int
    alpha: Floats


class ResidualBlock:
    """Six convolutions with their norms. Thread-safe."""

    def __init__(self, convolutions: Sequence[BlockConvolution]) -> None:
        """Pack the weights. Raises KernelError."""
        self._library = load_kernels()
        self.channels = convolutions[0].weights.shape[0]
        if self.channels % OUTPUTS or len(convolutions) != CONVOLUTIONS:
            raise KernelError(f"a block of {len(convolutions)} convolutions with {self.channels} channels is not supported")
        self._kept: list[NDArray[Any]] = []
        self._structs = (ConvolutionStruct * CONVOLUTIONS)(*map(self._describe, convolutions))
        self._padding = max(one.dilation * (one.weights.shape[2] - 1) // 2 for one in convolutions)

    def __call__(self, x: Floats, *, time: int, affine: Sequence[Floats], threads: int = 1) -> None:
        """Replace x by the block's output; the result does not depend on the number of threads.

        x: [time rounded up to ROWS, channels]; affine: gamma, then beta of each of the six norms, [2 * channels].
        """
        if x.shape != (rounded_up(time), self.channels) or not x.flags.c_contiguous or x.dtype != np.float32:
            raise ValueError(f"an array {x.shape} of {x.dtype} does not hold {time} rows of {self.channels} channels")
        scratch = np.empty(self._library.residual_block_scratch(time, self.channels, self._padding), np.uint8)
        rows = [np.ascontiguousarray(row, np.float32) for row in affine]
        if [len(row) for row in rows] != [2 * self.channels] * CONVOLUTIONS:
            raise ValueError("the norms of a block take six rows of two numbers for each channel")
        pointers = np.array([row.ctypes.data for row in rows], np.uintp)
        arguments = (x.ctypes.data, time, self.channels, self._structs, pointers.ctypes.data, scratch.ctypes.data)
        if threads == 1:
            self._library.residual_block(*arguments, 0, 1, None)
            return
        barrier = np.zeros(self._library.residual_block_barrier_size(), np.uint8)
        opened: list[int] = []

        def prepare(parts: int) -> Callable[[int], None]:
            self._library.residual_block_barrier_open(barrier.ctypes.data, parts)
            opened.append(parts)
            return lambda part: self._library.residual_block(*arguments, part, parts, barrier.ctypes.data)

        try:
            run_parts(prepare, parts=threads)
        finally:
            if opened:
                self._library.residual_block_barrier_close(barrier.ctypes.data)

    def _describe(self, one: BlockConvolution) -> ConvolutionStruct:
        scales = (one.weight_scales * np.float32(one.quantum)).astype(np.float32)
        added = one.zero_point * one.weights.astype(np.int64).sum(axis=(1, 2))
        bias = (one.bias.astype(np.float64) - scales.astype(np.float64) * added).astype(np.float32)
        arrays = (pack_weights(one.weights), scales, bias, np.ascontiguousarray(one.alpha, np.float32))
        self._kept.extend(arrays)
        weights, scales_at, bias_at, alpha = (array.ctypes.data for array in arrays)
        return ConvolutionStruct(one.weights.shape[2], one.dilation, weights, scales_at, bias_at, one.quantum, one.zero_point, alpha)


def rounded_up(time: int) -> int:
    """Rows of an array for so much time."""
    return -(-time // ROWS) * ROWS


def pack_weights(weights: NDArray[np.int8]) -> NDArray[np.int8]:
    """[outputs, inputs, taps] as [outputs / 64, taps, inputs / 4, 64, 4]."""
    outputs, inputs, taps = weights.shape
    return np.ascontiguousarray(weights.reshape(outputs // OUTPUTS, OUTPUTS, inputs // 4, 4, taps).transpose(0, 4, 2, 1, 3))


def check_kernels() -> None:
    """Compare a small block with NumPy. Raises KernelError."""
    rng = np.random.default_rng(0)
    channels, taps, time = OUTPUTS, 3, 20
    convolutions = [
        BlockConvolution(
            rng.integers(-127, 128, (channels, channels, taps)).astype(np.int8),
            rng.uniform(1e-4, 4e-4, channels).astype(np.float32),
            rng.normal(0, 0.1, channels).astype(np.float32),
            dilation=1 + number % 3,
            quantum=0.04,
            zero_point=100,
            alpha=rng.uniform(0.5, 3, channels).astype(np.float32),
        )
        for number in range(CONVOLUTIONS)
    ]
    affine = [rng.normal(0, 0.3, 2 * channels).astype(np.float32) for _ in convolutions]
    x = np.zeros((rounded_up(time), channels), np.float32)
    x[:time] = rng.normal(0, 1, (time, channels))
    expected = compute_block(x[:time], convolutions, affine=affine)
    ResidualBlock(convolutions)(x, time=time, affine=affine)
    error = float(np.abs(x[:time] - expected).max())
    if not error < CHECK_TOLERANCE:
        raise KernelError(f"they compute wrongly here: off by {error:.2g}")


def compute_block(x: Floats, convolutions: Sequence[BlockConvolution], *, affine: Sequence[Floats]) -> NDArray[np.float64]:
    """The block's output [time, channels] by NumPy, the kernels' reference."""
    sums = x.astype(np.float64)
    for first in range(0, len(convolutions), 2):
        between = _activate_and_convolve(sums, convolutions[first], affine[first])
        sums = sums + _activate_and_convolve(between, convolutions[first + 1], affine[first + 1])
    return sums


def _activate_and_convolve(x: NDArray[np.float64], by: BlockConvolution, affine: Floats) -> NDArray[np.float64]:
    time, channels = x.shape
    normed = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + NORM_EPSILON) * (1 + affine[:channels]) + affine[channels:]
    value = normed + np.sin(by.alpha * normed) ** 2 / by.alpha
    whole = np.clip(np.rint(value / np.float32(by.quantum)) + by.zero_point, 0, 255) - by.zero_point
    taps = by.weights.shape[2]
    padding = by.dilation * (taps - 1) // 2
    padded = np.pad(whole, ((padding, padding), (0, 0)))
    taken = (padded[tap * by.dilation : tap * by.dilation + time] @ by.weights[:, :, tap].T.astype(np.float64) for tap in range(taps))
    result: NDArray[np.float64] = sum(taken, np.zeros((time, channels))) * (by.weight_scales * np.float32(by.quantum)) + by.bias
    return result
