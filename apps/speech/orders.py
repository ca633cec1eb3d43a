"""Orders of speech from the bodies of requests in the platform's own shape."""

from collections.abc import Mapping
from typing import Any

from apps.cache.tickets import CacheUse
from apps.speech.serializers import DEFAULT_MODEL
from apps.speech.services import SpeechOrder


def order_of(body: Mapping[str, Any], *, cache: CacheUse = CacheUse.NORMAL) -> SpeechOrder:
    """Order for a valid body."""
    return SpeechOrder(
        text=body["text"] or "",
        model=body.get("model", DEFAULT_MODEL),
        voice=body.get("voice"),
        is_model_open="model" not in body and not body.get("voice"),
        format=body["format"],
        speed=body["speed"],
        language=body.get("language"),
        instructions=body.get("instructions"),
        pronunciations=body.get("pronunciations"),
        bitrate=1000 * body.get("bitrate", 0),
        sample_rate=body.get("sample_rate", 0),
        is_streamed=body["stream"],
        has_timestamps=body["timestamps"],
        has_chapters=body["chapters"],
        webhook_url=body.get("webhook_url", ""),
        cache=cache,
    )
