"""Tables of the rules: TOML files in `data/`, each read once."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).with_name("data")


@cache
def load_table(name: str) -> dict[str, Any]:
    """The content of `data/<name>.toml`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def alternation(words: str) -> str:
    """Pattern that matches one of the words of a table; earlier ones first."""
    return f"(?:{'|'.join(map(re.escape, words.split()))})"
