"""The dialect of OpenAI's audio API: keys and errors are the platform's own, which follow OpenAI's; its limit headers come in addition."""

import time
from collections.abc import Mapping
from typing import Final

from apps.core.dialects import Dialect

API_VERSION: Final = "2020-10-01"
"""Value of OpenAI's `openai-version`, the only version of its API."""
LIMIT_HEADERS: Final = {"X-RateLimit-Limit": "X-RateLimit-Limit-Requests", "X-RateLimit-Remaining": "X-RateLimit-Remaining-Requests"}


def openai_headers(headers: Mapping[str, str], seconds: float) -> dict[str, str]:
    """Headers that OpenAI's responses have, from the platform's. Tokens are not limited here, so no header counts them."""
    added = {"OpenAI-Processing-Ms": str(round(1000 * seconds)), "OpenAI-Version": API_VERSION}
    added |= {own: headers[name] for name, own in LIMIT_HEADERS.items() if name in headers}
    reset_at = headers.get("X-RateLimit-Reset", "")
    if reset_at.isdigit():
        added["X-RateLimit-Reset-Requests"] = duration_text(max(0, int(reset_at) - int(time.time())))
    return added


def duration_text(seconds: int) -> str:
    """`6m0s` for 360 and `59s` for 59, as OpenAI writes the time until a limit resets."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


DIALECT: Final = Dialect(
    name="openai",
    roots=("/v1/", "/api/v1/"),
    paths=("audio/", "models/"),
    urlconf="apps.compat.openai.urls",
    extra_headers=openai_headers,
    extra_header_names=("OpenAI-Processing-Ms", "OpenAI-Version", *LIMIT_HEADERS.values(), "X-RateLimit-Reset-Requests"),
)
