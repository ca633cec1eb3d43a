"""Kinds of job of the audio tools."""

from dataclasses import dataclass

from apps.jobs.kinds import JobKind, Unit
from apps.jobs.params import RecordingParams
from apps.transcription.kinds import RECORDING_LANES
from workers.contract.audio_tools import ToolDocument


@dataclass(frozen=True, kw_only=True)
class ToolParams(RecordingParams):
    """Parameters of a job of any audio tool."""

    model: str = ""
    """Id of the engine; empty for a tool that needs none."""
    format: str = ""


def audio_kind(name: str) -> JobKind[ToolParams]:
    """Kind of a tool that makes audio."""
    return JobKind(name=name, params=ToolParams, units=Unit.MILLISECONDS, lanes=RECORDING_LANES)


def document_kind(name: str) -> JobKind[ToolParams]:
    """Kind of a tool that writes JSON."""
    return JobKind(
        name=name,
        params=ToolParams,
        units=Unit.MILLISECONDS,
        lanes=RECORDING_LANES,
        document=ToolDocument,
        result_shape="apps.audio_tools.shapes.document_shape",
    )


CONVERT = audio_kind("audio-convert")
TRIM_SILENCE = audio_kind("audio-trim-silence")
NORMALIZE = audio_kind("audio-normalize")
ENHANCE = audio_kind("audio-enhance")
DEREVERB = audio_kind("audio-dereverb")
SEPARATE = audio_kind("audio-separate")
WAVEFORM = document_kind("audio-waveform")
ANALYZE = document_kind("audio-analyze")
VERIFY = document_kind("audio-verify")
DIARIZE = document_kind("audio-diarize")
