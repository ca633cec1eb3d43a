"""Events of a streamed transcription, as OpenAI's packages read them."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from apps.compat.openai.transcripts import diarized_segments
from apps.jobs.models import Job
from apps.transcription.live_text import TextDelta
from apps.transcription.streaming import TranscriptShapes
from workers.contract.transcription import TranscriptDocument

AUDIO_TOKENS_PER_SECOND: Final = 10
"""OpenAI counts a token for each 100 ms of audio that a user sends."""
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+|[^\w\s]")


def event_shapes(*, is_diarized: bool) -> TranscriptShapes:
    """OpenAI's events. is_diarized: segments with speakers, which are known at the end of the recording, follow the text."""

    def ended(job: Job, heard: TranscriptDocument) -> list[Mapping[str, Any]]:  # noqa: ARG001 - the protocol of shapes
        segments = diarized_segments(heard) if is_diarized else []
        return [*segments, {"type": "transcript.text.done", "text": heard.text, "usage": token_usage(heard)}]

    return TranscriptShapes(delta=_delta, ended=ended)


def token_usage(heard: TranscriptDocument) -> dict[str, Any]:
    """Usage in tokens, the only kind that OpenAI's events have: audio by its length, text by words and punctuation marks."""
    audio, text = math.ceil(AUDIO_TOKENS_PER_SECOND * heard.duration), len(_TOKEN.findall(heard.text))
    return {
        "type": "tokens",
        "input_tokens": audio,
        "input_token_details": {"text_tokens": 0, "audio_tokens": audio},
        "output_tokens": text,
        "total_tokens": audio + text,
    }


def _delta(delta: TextDelta) -> Mapping[str, Any]:
    return {"type": "transcript.text.delta", "delta": delta.text}
