"""Weights of the speaker encoder on this machine."""

from dataclasses import replace
from pathlib import Path

from workers.contract.engines import EngineSpec
from workers.weights.sets.speakers import SPEAKERS
from workers.weights.store import WeightsMissingError, WeightStore


def encoder_path() -> Path:
    """Path of the checkpoint. Raises WeightsMissingError naming the command that downloads it."""
    return WeightStore.default().path(SPEAKERS.name, "pretrained.pt")


def with_available_diarization(spec: EngineSpec) -> EngineSpec:
    """Spec of a recogniser, without diarization if the speaker encoder's weights are missing."""
    try:
        encoder_path()
    except WeightsMissingError:
        return replace(spec, has_diarization=False)
    return spec
