"""FLORES-200 codes, which NLLB uses for languages: the table `flores.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

FLORES: Final[Mapping[str, str]] = MappingProxyType(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))
"""Code of the most common variety and script by primary tag. Codes missing from a model's vocabulary are not offered."""
