"""Availability of diarization on this machine."""

from dataclasses import replace

from workers.contract.engines import EngineSpec
from workers.speakers import CAMPPLUS, GE2E, SEGMENTATION


def with_available_diarization(spec: EngineSpec) -> EngineSpec:
    """Spec of a recogniser, without diarization if the weights of all speaker encoders are missing."""
    is_available = GE2E.is_available() or (CAMPPLUS.is_available() and SEGMENTATION.is_available())
    return spec if is_available else replace(spec, has_diarization=False)
