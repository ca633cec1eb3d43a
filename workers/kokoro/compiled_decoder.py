"""Kokoro's decoder with the residual blocks of its generator, nine tenths of its work, computed by compiled kernels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.graph import ASR, DECODER, ENERGY, F0, HARMONICS, PARTS, Part, Port, cut_part
from workers.kokoro.kernels.blocks import BlockConvolution, ResidualBlock, rounded_up
from workers.kokoro.sessions import open_session
from workers.kokoro.static_graph import make_static
from workers.kokoro.static_weights import ConvolutionRanges, StaticWeights
from workers.parallelism import count_spare_cores

Floats = NDArray[np.float32]

GENERATOR: Final = f"{DECODER}generator/"
# Axes: a = 20 t for the first stage of the generator, v = 120 t + 1 for the second.
SOURCE: Final = Port(f"{GENERATOR}ups.0/ConvTranspose_output_0", (1, 256, "a"))
NOISE: Final = (
    Port(f"{GENERATOR}noise_convs.0/Conv_output_0", (1, 256, "a")),
    Port(f"{GENERATOR}noise_convs.1/Conv_output_0", (1, 128, "v")),
)
MEANS: Final = (Port(f"{GENERATOR}Div_2_output_0", (1, 256, "a")), Port(f"{GENERATOR}Div_4_output_0", (1, 128, "v")))
UPSAMPLED: Final = Port(f"{GENERATOR}reflection_pad/Pad_output_0", (1, 128, "v"))

STAGES: Final[Mapping[str, Part]] = {
    "prepare": Part(
        {"asr": ASR, "f0": F0, "energy": ENERGY, "har": HARMONICS},
        {"source": SOURCE, "noise0": NOISE[0], "noise1": NOISE[1]},
        has_affine=True,
    ),
    "upsample": Part({"mean": MEANS[0]}, {"source": UPSAMPLED}),
    "finish": Part({"mean": MEANS[1]}, {"audio": PARTS["decode"].outputs["audio"]}),
}
"""Parts of the decoder that ONNX Runtime computes."""
BLOCKS: Final = (
    ("noise_res.0", ("resblocks.0", "resblocks.1", "resblocks.2")),
    ("noise_res.1", ("resblocks.3", "resblocks.4", "resblocks.5")),
)
"""Residual blocks of each stage: of the harmonic source, then those whose outputs are averaged."""


class CompiledDecoder:
    """Decoder with compiled residual blocks. Thread-safe."""

    kind = "compiled"

    def __init__(
        self, model: Any, *, weights: StaticWeights, layout: Sequence[tuple[str, int]], ranges: Mapping[str, ConvolutionRanges]
    ) -> None:
        """Pack the weights of the packaged graph. Raises GraphError and KernelError."""
        names = [name for noise, others in BLOCKS for name in (noise, *others)]
        self._blocks = {name: ResidualBlock([*_read_block(weights, name, ranges=ranges)]) for name in names}
        starts = np.cumsum([0, *(size for _, size in layout)])
        offsets = {name: slice(start, start + size) for (name, size), start in zip(layout, starts, strict=False)}
        self._norms = {name: [offsets[f"generator.{name}.adain{half}.{index}"] for index in range(3) for half in (1, 2)] for name in names}
        stages = {name: cut_part(model, name, layout=layout, parts=STAGES) for name in STAGES}
        stages["prepare"] = make_static(stages["prepare"], weights=weights, layout=layout, ranges=ranges)
        self._sessions = {name: open_session(stage) for name, stage in stages.items()}

    def __call__(self, feeds: Mapping[str, Floats]) -> Floats:
        """Audio [600t] of the inputs of the part `decode`."""
        source, *noises = self._sessions["prepare"].run(["source", "noise0", "noise1"], {**feeds})
        mean = self._run_stage(0, source[0], noises[0][0], affine=feeds["affine"][0])
        (source,) = self._sessions["upsample"].run(["source"], {"mean": mean[np.newaxis]})
        mean = self._run_stage(1, source[0], noises[1][0], affine=feeds["affine"][0])
        (audio,) = self._sessions["finish"].run(["audio"], {"mean": mean[np.newaxis]})
        samples: Floats = audio.ravel()
        return samples

    def _run_stage(self, stage: int, source: Floats, noise: Floats, *, affine: Floats) -> Floats:
        """Mean [channels, time] of a stage's blocks for its source and its harmonics [channels, time]."""
        name, others = BLOCKS[stage]
        channels, time = source.shape
        rows = np.empty((rounded_up(time), channels), np.float32)
        rows[:time] = noise.T
        self._run_block(name, rows, time=time, affine=affine)
        rows[:time] += source.T
        total: Floats | None = None
        for other in others:
            block = rows if other is others[-1] else rows.copy()
            self._run_block(other, block, time=time, affine=affine)
            total = block[:time] if total is None else np.add(total, block[:time], out=total)
        assert total is not None  # noqa: S101 - each stage has blocks
        total *= np.float32(1 / len(others))
        return np.ascontiguousarray(total.T)

    def _run_block(self, name: str, rows: Floats, *, time: int, affine: Floats) -> None:
        threads = 1 + count_spare_cores()
        self._blocks[name](rows, time=time, affine=[affine[norm] for norm in self._norms[name]], threads=threads)


def _read_block(weights: StaticWeights, name: str, *, ranges: Mapping[str, ConvolutionRanges]) -> Iterator[BlockConvolution]:
    for index in range(3):
        for half in (1, 2):
            kernel = weights.kernels[f"generator/{name}/convs{half}.{index}"]
            given = ranges[f"generator/{name}/convs{half}.{index}"].input
            alpha = weights.array(f"decoder.decoder.generator.{name}.alpha{half}.{index}").ravel()
            yield BlockConvolution(
                kernel.weights, kernel.scales, kernel.bias, kernel.dilation, float(given.scale), int(given.zero_point), alpha
            )
