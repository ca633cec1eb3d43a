"""Language names in `verbose_json`: OpenAI's API spells out the English names of Whisper's languages."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

LANGUAGE_NAMES: Final[Mapping[str, str]] = MappingProxyType(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")))


def language_name(tag: str) -> str:
    """`english` for `en`; the tag itself if Whisper does not know it."""
    return LANGUAGE_NAMES.get(tag, tag)


def language_tag(name: str) -> str:
    """`en` for `English`, which some clients send; anything else unchanged."""
    wanted = name.strip().casefold()
    return next((tag for tag, known in LANGUAGE_NAMES.items() if known == wanted), name)
