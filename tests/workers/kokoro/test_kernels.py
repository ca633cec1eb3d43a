"""Compiled residual blocks against NumPy, and what happens where they cannot be compiled or loaded."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from workers.kokoro.kernels import blocks, library
from workers.kokoro.kernels.blocks import BlockConvolution, ResidualBlock, check_kernels, compute_block, pack_weights, rounded_up
from workers.kokoro.kernels.library import KernelError, compile_into, load_kernels


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """The loaded library, or the reason why this machine has none."""
    try:
        load_kernels()
    except KernelError as error:
        pytest.skip(str(error))


def make_block(channels: int, *, taps: int, seed: int = 0) -> tuple[list[BlockConvolution], list[np.ndarray]]:
    """Six convolutions with the generator's dilations, and their norms' numbers."""
    rng = np.random.default_rng(seed)
    convolutions = [
        BlockConvolution(
            rng.integers(-127, 128, (channels, channels, taps)).astype(np.int8),
            rng.uniform(1e-4, 4e-4, channels).astype(np.float32),
            rng.normal(0, 0.1, channels).astype(np.float32),
            dilation=dilation,
            quantum=0.04,
            zero_point=100,
            alpha=rng.uniform(0.5, 3, channels).astype(np.float32),
        )
        for dilation in (1, 1, 3, 1, 5, 1)
    ]
    return convolutions, [rng.normal(0, 0.3, 2 * channels).astype(np.float32) for _ in convolutions]


@pytest.mark.parametrize(("channels", "taps", "time"), [(64, 3, 1), (128, 3, 66), (128, 11, 6), (256, 7, 71)])
def test_compiled_block_computes_what_numpy_computes(channels: int, taps: int, time: int) -> None:
    convolutions, affine = make_block(channels, taps=taps)
    x = np.zeros((rounded_up(time), channels), np.float32)
    x[:time] = np.random.default_rng(1).normal(0, 2, (time, channels))
    expected = compute_block(x[:time], convolutions, affine=affine)
    ResidualBlock(convolutions)(x, time=time, affine=affine)
    assert np.abs(x[:time] - expected).max() < 0.05
    assert np.median(np.abs(x[:time] - expected)) < 2e-3


def test_array_of_another_shape_than_the_block_takes_is_refused() -> None:
    convolutions, affine = make_block(64, taps=3)
    block = ResidualBlock(convolutions)
    for x in (
        np.zeros((7, 64), np.float32),
        np.zeros((12, 64), np.float64),
        np.zeros((64, 12), np.float32).T,
        np.zeros((12, 128), np.float32),
    ):
        with pytest.raises(ValueError, match="does not hold 7 rows of 64 channels"):
            block(x, time=7, affine=affine)
    with pytest.raises(ValueError, match="six rows"):
        block(np.zeros((12, 64), np.float32), time=7, affine=affine[:5])


def test_block_of_an_unsupported_size_is_refused() -> None:
    with pytest.raises(KernelError, match="48 channels is not supported"):
        ResidualBlock(make_block(48, taps=3)[0])
    with pytest.raises(KernelError, match="a block of 4 convolutions"):
        ResidualBlock(make_block(64, taps=3)[0][:4])


def test_packed_weights_hold_four_inputs_of_sixty_four_outputs_in_a_row() -> None:
    weights = np.random.default_rng(0).integers(-127, 128, (128, 64, 3)).astype(np.int8)
    packed = pack_weights(weights)
    assert packed.shape == (2, 3, 16, 64, 4)
    assert packed[1, 2, 5, 7, 3] == weights[64 + 7, 4 * 5 + 3, 2]


def test_kernels_that_compute_wrongly_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check_kernels()
    monkeypatch.setattr(ResidualBlock, "__call__", lambda *_, **__: None)
    with pytest.raises(KernelError, match="compute wrongly"):
        check_kernels()


def test_library_is_compiled_once_into_its_folder_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = compile_into(tmp_path / "kernels")
    assert [*path.parent.iterdir()] == [path]
    assert path.name.startswith("residual_block-")


def test_missing_compiler_and_failing_compiler_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "broken.c"
    source.write_text("int main(void) { return nothing; }")
    monkeypatch.setattr(library, "SOURCE", source)
    with pytest.raises(KernelError, match=r"do not compile: .*nothing"):
        compile_into(tmp_path / "made")
    assert [*(tmp_path / "made").iterdir()] == []
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(KernelError, match="there is no C compiler"):
        compile_into(tmp_path / "made")


@pytest.mark.parametrize(("platform", "machine"), [("darwin", "arm64"), ("linux", "aarch64")])
def test_kernels_on_other_machines_have_an_obstacle(monkeypatch: pytest.MonkeyPatch, platform: str, machine: str) -> None:
    monkeypatch.setattr(library.sys, "platform", platform)
    monkeypatch.setattr(library.platform, "machine", lambda: machine)
    with pytest.raises(KernelError, match=f"not {platform} on {machine}"):
        library.load_kernels.__wrapped__()


def test_reference_of_the_kernels_is_the_block_of_the_paper() -> None:
    """One channel group by hand: a kernel of zeros leaves the input and adds the biases."""
    convolutions, affine = make_block(64, taps=3)
    silent = [
        BlockConvolution(np.zeros_like(c.weights), c.weight_scales, c.bias, c.dilation, c.quantum, c.zero_point, c.alpha)
        for c in convolutions
    ]
    x = np.random.default_rng(2).normal(size=(5, 64)).astype(np.float32)
    assert np.allclose(compute_block(x, silent, affine=affine), x + sum(c.bias for c in silent[1::2]), atol=1e-5)
    assert blocks.CONVOLUTIONS == 6


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_block_computed_by_several_threads_is_the_same_to_the_last_bit(threads: int) -> None:
    convolutions, affine = make_block(128, taps=7)
    block = ResidualBlock(convolutions)
    one = np.zeros((rounded_up(100), 128), np.float32)
    one[:100] = np.random.default_rng(3).normal(0, 1, (100, 128))
    several = one.copy()
    block(one, time=100, affine=affine)
    block(several, time=100, affine=affine, threads=threads)
    assert np.array_equal(one, several)
