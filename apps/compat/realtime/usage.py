"""Token counts of `usage`: estimates by OpenAI's rates, since the models here count none. The ledger charges credits, not tokens."""

import math
from typing import Any, Final

CHARACTERS_PER_TOKEN: Final = 4
INPUT_AUDIO_TOKENS_PER_SECOND: Final = 10
OUTPUT_AUDIO_TOKENS_PER_SECOND: Final = 20


def text_tokens(text: str) -> int:
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def response_usage(*, input_text: str, input_seconds: float, output_text: str, output_seconds: float) -> dict[str, Any]:
    read, heard = text_tokens(input_text), math.ceil(input_seconds * INPUT_AUDIO_TOKENS_PER_SECOND)
    written, spoken = text_tokens(output_text), math.ceil(output_seconds * OUTPUT_AUDIO_TOKENS_PER_SECOND)
    return {
        "total_tokens": read + heard + written + spoken,
        "input_tokens": read + heard,
        "output_tokens": written + spoken,
        "input_token_details": {
            "text_tokens": read,
            "audio_tokens": heard,
            "image_tokens": 0,
            "cached_tokens": 0,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": written, "audio_tokens": spoken},
    }
