"""Trial texts whose numbers, codes, signs and capitals were read wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from workers.text.normalise import normalise

ROWS: list[dict[str, Any]] = json.loads(Path("tests/data/trial_text.json").read_text(encoding="utf-8"))
WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
KINDS = frozenset(
    (
        "capitals",
        "words that are codes of money",
        "comparison signs",
        "negative exponents",
        "codes as quantities",
        "ranges with the unit twice",
        "years as quantities",
        "thousands with a plain space",
        "mixed numbers with a hyphen",
    )
)


def said_words(text: str) -> str:
    """Lower-case words of a text without punctuation, separated by single spaces."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


@pytest.mark.parametrize("row", [row for row in ROWS if row["kind"] in KINDS], ids=lambda row: row["text"])
def test_trial_text_is_said_with_the_expected_words(row: dict[str, Any]) -> None:
    said = said_words(normalise(row["text"], language=row["language"]).text)
    alternatives = row["expected"].split(", or: ")
    assert any(all(said_words(part) in said for part in one.split(", ")) for one in alternatives), said
