"""Public error codes of a job that failed: lower snake case, and a code never changes its meaning."""

from typing import Final

UNKNOWN_ENGINE: Final = "unknown_engine"
ENGINE_UNAVAILABLE: Final = "engine_unavailable"
"""The engine is known but cannot run here: its weights or a library are missing."""
UNKNOWN_VOICE: Final = "unknown_voice"
UNSUPPORTED_LANGUAGE: Final = "unsupported_language"
NOTHING_TO_SAY: Final = "nothing_to_say"
"""The text has nothing to speak, only punctuation for example."""
INVALID_TEXT: Final = "invalid_text"
"""The markup asks for something unspeakable: an invalid date, or pronunciations that make the text grow without bound."""
BAD_AUDIO: Final = "bad_audio"
INVALID_REFERENCE: Final = "invalid_reference"
"""The recordings of a speaker cannot be made a voice; the message says why and what to record instead."""
OUT_OF_MEMORY: Final = "out_of_memory"
STORAGE_UNAVAILABLE: Final = "storage_unavailable"
TIMED_OUT: Final = "timed_out"
WORKER_LOST: Final = "worker_lost"
"""Every attempt ended with a lost worker."""
INTERNAL_ERROR: Final = "internal_error"

RETRYABLE: Final = frozenset({OUT_OF_MEMORY, STORAGE_UNAVAILABLE, ENGINE_UNAVAILABLE, INTERNAL_ERROR, WORKER_LOST})
"""Another attempt, perhaps on another worker, may succeed."""


class WorkError(Exception):
    """Expected failure of a part: a public code and a message for the customer."""

    def __init__(self, code: str, message: str, *, is_outage: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_outage = is_outage
        """True if a server or a disk failed, so that the same work succeeds once it is back."""

    @property
    def is_retryable(self) -> bool:
        return self.code in RETRYABLE
