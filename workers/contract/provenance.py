"""Provenance of results: the speech that is watermarked, and the formats that take content credentials (C2PA)."""

from dataclasses import dataclass
from typing import Final

from workers.contract.audio_tools import RecordingWork
from workers.contract.voices import VoiceRef

CLONED_SPEECH: Final = "cloned"
ALL_SPEECH: Final = "all"
WATERMARK_MODES: Final = ("off", CLONED_SPEECH, ALL_SPEECH)
"""Values of TTSAI_WATERMARK and of a plan's `watermark`."""

CREDENTIAL_FORMATS: Final = ("wav", "mp3", "m4a", "flac")
"""Audio formats that can hold content credentials."""


def needs_watermark(mode: str, *, voice: VoiceRef | None) -> bool:
    """True if speech with this voice is marked. A voice is cloned if it is imitated from an object of an account.

    mode: a message's `watermark`; voice: None if no voice speaks it.
    """
    return mode == ALL_SPEECH or (mode == CLONED_SPEECH and voice is not None and voice.conditioning is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyWork(RecordingWork):
    """Work of a part of kind `verify`: search a file for the watermark and for content credentials. Output: a `ToolDocument`."""

    container: str = ""
    """Container of the file, as the probe calls it."""
    trust_anchors: str = ""
    """PEM of root certificates whose signers are trusted; certificates are public."""
