"""Components of the platform that the status page shows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """State of a component. A minute without a probe has none."""

    UP = "up"
    DEGRADED = "degraded"
    """It works, but slowly or with a backlog."""
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Component:
    """Component with its name for people."""

    id: str
    title: str
    text: str


WEB: Final = "web"
DATABASE: Final = "database"
BROKER: Final = "broker"
STORAGE: Final = "storage"
SPEECH: Final = "speech"
TRANSCRIPTION: Final = "transcription"
TOOLS: Final = "tools"
WEBHOOKS: Final = "webhooks"

NEED_BROKER: Final = (SPEECH, TRANSCRIPTION, TOOLS, WEBHOOKS)
"""Components that do nothing without the broker: work reaches the workers, and webhooks their sender, through it."""

COMPONENTS: Final = (
    Component(WEB, "API and website", "Answers requests"),
    Component(SPEECH, "Text to speech", "Speaks texts"),
    Component(TRANSCRIPTION, "Speech to text", "Transcribes recordings"),
    Component(TOOLS, "Audio tools and voices", "Converts, enhances, separates and clones"),
    Component(WEBHOOKS, "Webhooks", "Delivers messages in time"),
    Component(DATABASE, "Database", "Stores accounts and jobs"),
    Component(BROKER, "Queues", "Hands work to workers"),
    Component(STORAGE, "Files", "Stores recordings and results"),
)
COMPONENT_IDS: Final = tuple(component.id for component in COMPONENTS)


def worst(states: list[State]) -> State | None:
    """The worst of the states; None without any."""
    order = [State.DOWN, State.DEGRADED, State.UP]
    return next((state for state in order if state in states), None)
