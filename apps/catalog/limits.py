"""Limits that the catalogue states and that requests are validated against."""

from typing import Final

from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow

SLOWEST_SPEED: Final = 0.5
FASTEST_SPEED: Final = 2.0
"""Highest `speed` of POST /v1/tts/."""

STREAMS_SPEECH: Final = True
"""True if the service streams audio during synthesis."""


def speed_range(engine: EngineRow) -> tuple[float, float]:
    """Speeds that POST /v1/tts/ accepts and the model supports."""
    return max(SLOWEST_SPEED, engine.spec.minimum_speed), min(FASTEST_SPEED, engine.spec.maximum_speed)


def longest_text(plan: Plan, engine: EngineRow) -> int:
    """Longest text of one request in characters."""
    return min(plan.max_characters, engine.spec.max_characters)
