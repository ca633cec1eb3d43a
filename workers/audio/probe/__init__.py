"""Format and samples of an audio file: the content decides, and a child process with limits reads it."""

from typing import TYPE_CHECKING, Any

from workers.audio.probe.errors import ProbeError
from workers.audio.probe.info import MAX_AUDIO_SECONDS, SUPPORTED_FORMATS, AudioInfo, DecodedFile, ProbeLimits

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    """Import the parent's side at its first use: the child, which is started for each file, spares a tenth of its CPU time without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workers.audio.probe.parent import decode_file, decode_into, probe_file, stream_file
    from workers.audio.probe.stream import DecodedStream

    lazy = {one.__name__: one for one in (decode_file, decode_into, probe_file, stream_file, DecodedStream)}
    globals().update(lazy)
    return lazy[name]
