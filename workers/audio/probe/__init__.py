"""Format and samples of an audio file: the content decides, and a child process with limits reads it."""

from workers.audio.probe.errors import ProbeError
from workers.audio.probe.info import MAX_AUDIO_SECONDS, SUPPORTED_FORMATS, AudioInfo, DecodedFile, ProbeLimits
from workers.audio.probe.parent import decode_file, decode_into, probe_file, stream_file
from workers.audio.probe.stream import DecodedStream

__all__ = [
    "MAX_AUDIO_SECONDS",
    "SUPPORTED_FORMATS",
    "AudioInfo",
    "DecodedFile",
    "DecodedStream",
    "ProbeError",
    "ProbeLimits",
    "decode_file",
    "decode_into",
    "probe_file",
    "stream_file",
]
