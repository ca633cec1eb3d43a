"""README.md: short, and every document is in it."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = (ROOT / "README.md").read_text()
LONGEST: Final = 120
ELSEWHERE: Final = {"settings-reference.md"}
"""Documents that only the site shows: a table that the server fills."""


def test_the_readme_has_at_most_120_lines() -> None:
    assert len(README.splitlines()) <= LONGEST


def test_every_document_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", README))
    assert {path.name for path in (ROOT / "docs").glob("*.md")} - linked - ELSEWHERE == set()
