"""Availability of diarization on this machine."""

from dataclasses import replace

from workers.contract.engines import EngineSpec
from workers.recognition.diarize.speaker_embeddings import has_spans
from workers.speakers import GE2E


def with_available_diarization(spec: EngineSpec) -> EngineSpec:
    """Spec of a recogniser, without diarization if the weights of all speaker encoders are missing."""
    return spec if has_spans() or GE2E.is_available() else replace(spec, has_diarization=False)
