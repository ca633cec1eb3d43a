"""Live audio of a part: what its worker appends to the part's audio stream, sentence by sentence, while somebody listens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from workers.contract.codec import Message

BYTES_PER_SAMPLE: Final = 2
_DATA, _SAMPLES = b"data", b"samples"


@dataclass(frozen=True, slots=True)
class LiveAudio(Message):
    """One entry: the pause before a sentence and the sentence, or the end of the part.

    An attempt that follows a lost one begins with index 0 again. The text is cut in the same way, so a reader takes each index once.
    """

    index: int
    """Position in the part: 0, 1, …"""
    sample_rate: int
    """Hz; mono."""
    start_sample: int = 0
    """Samples of the part before this entry."""
    units_done: int = 0
    """Characters of the part's text up to the end of this entry."""
    words: tuple[dict[str, Any], ...] = ()
    """Word timings in seconds from the beginning of the part's audio."""
    is_last: bool = False
    """True for the last entry of the part, which holds the silence after the last sentence."""
    is_cut: bool = False
    """True if the worker publishes no further audio of this part, since too much is unread: the rest is in the part's file."""
    samples: bytes = b""
    """16-bit little-endian PCM."""

    def to_fields(self) -> dict[bytes, bytes]:
        """Fields of the stream's entry."""
        data = replace(self, samples=b"").to_dict()
        del data["samples"]
        return {_DATA: json.dumps(data, separators=(",", ":")).encode(), _SAMPLES: self.samples}

    @classmethod
    def from_fields(cls, fields: Mapping[bytes, bytes]) -> "LiveAudio":
        """Decode an entry. Raises ValueError, KeyError or TypeError for one that is none of ours."""
        return replace(cls.from_dict(json.loads(fields[_DATA])), samples=fields[_SAMPLES])
