"""Language codes of transcripts: ElevenLabs tells ISO 639-3, and accepts it beside ISO 639-1."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

LONG_CODES: Final[Mapping[str, str]] = MappingProxyType(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")))
SHORT_CODES: Final = {long: short for short, long in LONG_CODES.items()} | {"fil": "tl", "cmn": "zh", "jav": "jw"}


def long_code(tag: str) -> str:
    """`eng` for `en`; an unknown tag unchanged."""
    return LONG_CODES.get(tag, tag)


def short_code(code: str) -> str:
    """`en` for `eng`; anything else unchanged."""
    return SHORT_CODES.get(code.casefold(), code)
