"""Kokoro's built-in voices: the table `stock_voices.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class StockVoice:
    """Built-in voice with its language tag and its gender, female or male."""

    id: str
    language: str
    gender: str


def _read_table() -> Mapping[str, StockVoice]:
    groups: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["voices"]
    voices = [StockVoice(voice, group["language"], group["gender"]) for group in groups for voice in group["ids"].split()]
    return MappingProxyType({voice.id: voice for voice in voices})


VOICES_BY_ID: Final = _read_table()
STOCK_VOICES: Final = tuple(VOICES_BY_ID)
"""Ids of all voices, in the order of their styles."""


def gender_of(voice: str) -> str:
    """male or female, by a stock voice's id."""
    return VOICES_BY_ID[voice].gender
