"""Availability of diarization on this machine."""

from dataclasses import replace
from typing import Final

from workers.contract.engines import EngineSpec
from workers.recognition.diarize.speaker_embeddings import has_spans
from workers.speakers import GE2E

SPANS_BYTES: Final = 128 << 20
"""Memory of CAM++ and segmentation-3.0 beyond that of GE2E, which the recognisers count already: 175 MiB were measured."""


def with_available_diarization(spec: EngineSpec) -> EngineSpec:
    """Spec of a recogniser with the memory of diarization, or without diarization if the weights of all speaker encoders are missing."""
    if has_spans():
        return replace(spec, memory_bytes=spec.memory_bytes + SPANS_BYTES)
    return spec if GE2E.is_available() else replace(spec, has_diarization=False)
