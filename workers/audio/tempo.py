"""Changes the tempo of speech at constant pitch."""

import math
from collections.abc import Mapping
from typing import Final

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

LOWEST_STEP: Final = 0.5
"""Slowest tempo of one atempo filter; two of them reach a quarter."""


def split_speed(speed: float, *, rates: Mapping[float, float]) -> tuple[float, float]:
    """Split a speed into the speed to request from a model, and the tempo change of its output that gives `speed`.

    rates: the speeds that the model speaks well, ascending, with the measured rate of each relative to 1.0: durations in whole units are
    not exact.
    """
    asked, real = tuple(rates), tuple(rates.values())
    model_speed = min(max(speed, asked[0]), asked[-1])
    return model_speed, speed / float(np.interp(model_speed, asked, real))


def change_tempo(samples: NDArray[np.float32], *, sample_rate: int, tempo: float) -> NDArray[np.float32]:
    """Stretch mono samples [n] to [round(n / tempo)] by overlapping similar waveforms (WSOLA: Verhelst and Roelands 1993; FFmpeg's
    atempo).

    tempo 2.0 is twice as fast; 1.0 returns the samples unchanged.
    """
    wanted = round(len(samples) / tempo)
    if math.isclose(tempo, 1.0, rel_tol=1e-6) or not wanted:
        return samples[:wanted]
    stretched = _run(_build_graph(sample_rate, tempo), samples, sample_rate)
    return np.pad(stretched[:wanted], (0, max(0, wanted - len(stretched))))


def _build_graph(sample_rate: int, tempo: float) -> Graph:
    graph = Graph()
    nodes = [graph.add_abuffer(format="flt", sample_rate=sample_rate, layout="mono")]
    steps = max(1, math.ceil(math.log(tempo) / math.log(LOWEST_STEP))) if tempo < 1 else 1
    nodes += [graph.add("atempo", f"{tempo ** (1 / steps):.9f}") for _ in range(steps)]
    nodes.append(graph.add("abuffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def _run(graph: Graph, samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32).reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = sample_rate
    graph.push(frame)
    graph.push(None)
    blocks: list[NDArray[np.float32]] = []
    while True:
        try:
            blocks.append(graph.pull().to_ndarray().ravel().astype(np.float32, copy=False))
        except (av.BlockingIOError, av.EOFError):
            return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
