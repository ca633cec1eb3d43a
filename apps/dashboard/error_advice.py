"""Advice for the customer about a job's error, by its public code."""

from typing import Final

from apps.jobs.outcomes import VOICE_BLOCKED
from workers.contract import errors

_TRY_AGAIN: Final = "Nothing was charged. Repeat the job, or try again in a few minutes."
_ADVICE: Final = {
    errors.UNKNOWN_VOICE: "The voice was removed after the request. Choose another one.",
    errors.UNSUPPORTED_LANGUAGE: "Choose a model that speaks or understands this language; the documentation lists the languages of each.",
    errors.NOTHING_TO_SAY: "The text has only signs that are not spoken. Add a word.",
    errors.INVALID_TEXT: "Correct the markup at the place that the message names, then send the text again.",
    errors.BAD_AUDIO: "Play the file to check it, or save it again as WAV, MP3 or FLAC, then send it again.",
    errors.INVALID_REFERENCE: "Record 10 to 30 seconds of one person who speaks clearly, without music or echo.",
    VOICE_BLOCKED: "This speaker's voice must not be cloned here. Ask the operator if you believe that this is a mistake.",
    errors.OUT_OF_MEMORY: "The work needs more memory than the worker had. Send it in smaller pieces, or try again later.",
    errors.TIMED_OUT: "The work took longer than allowed. Send it in smaller pieces, or choose a faster model.",
    "expired": "All workers were busy for too long. Nothing was charged; try again later.",
}


def advice_of(code: str) -> str:
    """A sentence for the customer; for an unknown code, to try again."""
    return _ADVICE.get(code, _TRY_AGAIN)
