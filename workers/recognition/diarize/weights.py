"""Availability of diarization on this machine."""

from dataclasses import replace

from workers.contract.engines import EngineSpec
from workers.speakers import GE2E


def with_available_diarization(spec: EngineSpec) -> EngineSpec:
    """Spec of a recogniser, without diarization if the speaker encoder's weights are missing."""
    return spec if GE2E.is_available() else replace(spec, has_diarization=False)
