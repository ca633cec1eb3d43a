"""Kinds of the decoder: which one runs, and that the faster ones sound like the packaged one."""

import logging
from collections.abc import Callable

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from workers.kokoro import decoders
from workers.kokoro.decoders import COMPILED, KINDS, PACKAGED, STATIC, Decoder, check_integer_convolution, open_decoder, wanted_kind
from workers.kokoro.graph import GraphError, cut_part, read_affine_weights
from workers.kokoro.kernels.library import KernelError, load_kernels
from workers.kokoro.runtime import Frames, KokoroRuntime
from workers.kokoro.static_graph import make_static
from workers.kokoro.static_weights import StaticWeights, read_calibration
from workers.weights.store import WeightStore

Floats = NDArray[np.float32]

PHONEMES = "ði ˈOld klˈɑk hæd stˈɑɹTᵻd."
LARGEST_DISTANCE = {COMPILED: 1.2, STATIC: 2.0}
"""Decibels; 0.8 and 1.3 measured. Another voice is 10 or more away."""


@pytest.fixture(scope="module")
def model() -> onnx.ModelProto:
    return onnx.load(WeightStore.default().path("kokoro", "model.onnx"))


@pytest.fixture(scope="module")
def frames(packaged_runtime: KokoroRuntime) -> Frames:
    """A sentence's inputs of the decoder."""
    runtime = packaged_runtime
    tokens, style = runtime.tokens(PHONEMES), runtime.mix_styles({"af_heart": 1.0}, phoneme_count=len(PHONEMES))
    encoding = runtime.encode(tokens, style=style)
    return runtime.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style)


def open_kind(model: onnx.ModelProto, kind: str) -> Decoder:
    if kind == COMPILED:
        try:
            load_kernels()
        except KernelError as error:
            pytest.skip(str(error))
    return open_decoder(model, layout=read_affine_weights(model).layout, kind=kind)


def spectral_distance(one: Floats, other: Floats) -> float:
    """Mean difference of two log spectra in decibels, where the first is within 40 dB of its loudest."""
    spectra = []
    for samples in (one, other):
        windows = np.lib.stride_tricks.sliding_window_view(samples, 1024)[::256] * np.hanning(1024)
        power = np.abs(np.fft.rfft(windows)) ** 2
        bands = power[:, 1:513].reshape(len(power), 64, 8).sum(axis=2)
        spectra.append(10 * np.log10(bands + 1e-9))
    is_heard = spectra[0] > spectra[0].max() - 40
    return float(np.abs(spectra[0] - spectra[1])[is_heard].mean())


@pytest.mark.parametrize(("kind", "voice"), [(COMPILED, "am_onyx"), pytest.param(STATIC, "jf_alpha", marks=pytest.mark.prove)])
def test_faster_decoder_sounds_like_the_packaged_one(
    model: onnx.ModelProto, packaged_runtime: KokoroRuntime, frames: Frames, kind: str, voice: str
) -> None:
    runtime = packaged_runtime
    affine = runtime.affine(runtime.mix_styles({voice: 1.0}, phoneme_count=len(PHONEMES)))
    expected = runtime.decode(frames, affine=affine)
    feeds = {"asr": frames.asr, "f0": frames.f0, "energy": frames.energy, "har": runtime.harmonics(frames.f0), "affine": affine}
    audio = open_kind(model, kind)({name: array[np.newaxis] for name, array in feeds.items()})
    assert audio.shape == expected.shape
    assert spectral_distance(expected, audio) < LARGEST_DISTANCE[kind]


def test_static_graph_computes_all_large_convolutions_with_fixed_ranges_and_all_norms_fused(model: onnx.ModelProto) -> None:
    layout, weights = read_affine_weights(model).layout, StaticWeights(model)
    decoder = cut_part(model, "decode", layout=layout)
    made = [make_static(decoder, weights=weights, layout=layout, ranges=read_calibration().ranges) for _ in range(2)]
    assert made[0] == made[1]
    graph = onnx.load_from_string(made[0]).graph
    operators = [node.op_type for node in graph.node]
    assert (operators.count("QLinearConv"), operators.count("InstanceNormalization"), operators.count("ReduceMean")) == (64, 58, 0)
    assert sorted(port.name for port in graph.input) == ["affine", "asr", "energy", "f0", "har"]


def test_calibration_belongs_to_the_installed_weights_and_covers_every_large_convolution(model: onnx.ModelProto) -> None:
    weights, calibration = StaticWeights(model), read_calibration()
    assert weights.fingerprint == calibration.fingerprint
    assert set(calibration.ranges) == set(weights.kernels)
    for ranges in calibration.ranges.values():
        assert ranges.input.low < 0 < ranges.input.high
        assert ranges.output.low < 0 < ranges.output.high


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception | None]:
    """Outcome of opening each kind: the error that it raises, or None."""
    outcomes: dict[str, Exception | None] = dict.fromkeys(KINDS)

    def opener(kind: str) -> Callable[[], Decoder]:
        def open_one() -> Decoder:
            if error := outcomes[kind]:
                raise error
            return lambda _: np.full(1, KINDS.index(kind), np.float32)

        return open_one

    monkeypatch.setattr(decoders, "_decoders", lambda _model, *, layout: [(kind, opener(kind)) for kind in KINDS])
    return outcomes


def opened_kind(kind: str) -> str:
    return KINDS[int(open_decoder(None, layout=(), kind=kind)({})[0])]


def test_decoder_that_cannot_run_here_is_replaced_by_the_next_and_logged(
    opened: dict[str, Exception | None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=decoders.__name__)
    opened[COMPILED], opened[STATIC] = KernelError("there is no C compiler"), GraphError("8-bit convolutions overflow")
    assert opened_kind(COMPILED) == PACKAGED
    assert [record.getMessage() for record in caplog.records] == [
        "kokoro_decoder_unusable kind=compiled: there is no C compiler",
        "kokoro_decoder_unusable kind=static: 8-bit convolutions overflow",
        "kokoro_decoder kind=packaged",
    ]


def test_slower_decoder_is_used_when_it_is_chosen(opened: dict[str, Exception | None]) -> None:
    assert [opened_kind(kind) for kind in KINDS] == [*KINDS]
    opened[PACKAGED] = GraphError("the tensor x is missing")
    with pytest.raises(GraphError, match="the tensor x is missing"):
        opened_kind(PACKAGED)


@pytest.mark.parametrize(("value", "kind"), [("", COMPILED), ("static", STATIC), ("packaged", PACKAGED), ("quick", PACKAGED)])
def test_chosen_decoder_is_read_from_the_environment_and_unknown_names_are_safe(
    monkeypatch: pytest.MonkeyPatch, value: str, kind: str
) -> None:
    monkeypatch.setenv(decoders.VARIABLE, value)
    assert wanted_kind() == kind


def test_ranges_measured_with_other_weights_are_refused(model: onnx.ModelProto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StaticWeights, "fingerprint", "0" * 64)
    with pytest.raises(GraphError, match="measured with other weights"):
        decoders._calibrated(model)


def test_processor_whose_integer_convolutions_overflow_does_not_get_the_static_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    class Overflowing:
        def run(self, _outputs: list[str], feeds: dict[str, NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
            return [np.full(feeds["x"].shape, 129, np.uint8)]

    monkeypatch.setattr(decoders, "open_session", lambda _model: Overflowing())
    with pytest.raises(GraphError, match="overflow"):
        check_integer_convolution()
