"""Names of months and languages from CLDR: cldr.toml, which `python -m tools.cldr` writes."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_NAMES: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

MONTH_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({code: tuple(names) for code, names in _NAMES["months"].items()})
"""Names of months by language, January first."""

OWN_LANGUAGE_NAMES: Final = {"bn": "Bengali", "jw": "Javanese", "mi": "Maori"}
"""CLDR says Bangla and Māori, which models know less; `jw` is Whisper's code of Javanese."""
LANGUAGE_NAMES: Final[Mapping[str, str]] = MappingProxyType(dict(sorted({**_NAMES["languages"], **OWN_LANGUAGE_NAMES}.items())))
"""English names by primary tag, Whisper's languages among them, so that every transcript has a name for its language."""


def language_name(tag: str) -> str:
    """English name of a tag's language for people, also of one that no model speaks; the tag itself if CLDR knows none."""
    primary = tag.replace("_", "-").partition("-")[0].lower()
    return LANGUAGE_NAMES.get(primary) or _other_names().get(primary, tag)


@cache
def _other_names() -> dict[str, str]:
    """Names of the languages without a place in cldr.toml: read once they are needed."""
    return tomllib.loads(Path(__file__).with_name("other_languages.toml").read_text(encoding="utf-8"))
