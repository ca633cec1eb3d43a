"""Texts with which a visitor can begin."""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    text: str
    voice: str = ""
    """Voice that suits it; empty keeps the chosen one."""
    model: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"title": self.title, "text": self.text, "voice": self.voice, "model": self.model}


EXAMPLES: Final = (
    Example(
        "A story",
        "The lighthouse keeper climbed the stairs one last time. Below him the sea was calm, almost silent. "
        "He lit the lamp, opened the window, and listened: somewhere in the dark, a ship was singing.",
    ),
    Example(
        "Dates and numbers",
        'Your table is booked for <say-as interpret-as="date">2026-12-24</say-as> at <say-as interpret-as="time">19:30</say-as>. '
        '<break time="400ms"/> The code is <say-as interpret-as="spell-out">QX7</say-as>, and the total <say-as interpret-as="currency">$48.50</say-as>.',
    ),
    Example(
        "Two voices",
        "[voice:am_adam] Did you hear that?\n[voice:af_bella] It was only the wind.\n[voice:am_adam] The wind does not knock three times.",
        voice="af_bella",
        model="kokoro",
    ),
    Example(
        "Slow and loud",
        '<prosody rate="slow">Take a deep breath.</prosody> <break time="1s"/> Now open your eyes, and look: '
        '<emphasis level="strong">it is snowing.</emphasis> <prosody volume="soft">Do not wake the others.</prosody>',
    ),
)
