"""Kokoro's 54 built-in voices."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

GENDERS: Final = MappingProxyType({"f": "female", "m": "male"})
NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "af": "alloy aoede bella heart jessica kore nicole nova river sarah sky",
        "am": "adam echo eric fenrir liam michael onyx puck santa",
        "bf": "alice emma isabella lily",
        "bm": "daniel fable george lewis",
        "ef": "dora",
        "em": "alex santa",
        "ff": "siwis",
        "hf": "alpha beta",
        "hm": "omega psi",
        "if": "sara",
        "im": "nicola",
        "jf": "alpha gongitsune nezumi tebukuro",
        "jm": "kumo",
        "pf": "dora",
        "pm": "alex santa",
        "zf": "xiaobei xiaoni xiaoxiao xiaoyi",
        "zm": "yunjian yunxi yunxia yunyang",
    }
)
"""Names by prefix: the letter of the accent and that of the gender."""

STOCK_VOICES: Final = tuple(f"{prefix}_{name}" for prefix, names in NAMES.items() for name in names.split())
"""Ids of all voices."""


def gender_of(voice: str) -> str:
    """male or female, by a stock voice's id."""
    return GENDERS[voice[1]]
