"""Files, folders and names in files that ARCHITECTURE.md, the README and docs/ name between backticks exist."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENTS: Final = [
    path for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]) if path.name != "CHANGELOG.md"  # it tells of files that are gone
]  # fmt: skip
FOLDERS: Final = "apps|deploy|docs|k8s|requirements|tests|tools|ttsai|workers"
SPAN: Final = re.compile(r"`([^`\n]+)`")
REFERENCE: Final = re.compile(rf"(?P<path>(?:{FOLDERS})/[\w./*-]*)(?P<rest>.*)")
NAME: Final = re.compile(r"::? ?(\w+)")


def references_of(text: str) -> Iterator[tuple[str, str]]:
    """Path and name of each `path`, `path: name` and `path::name`; the name is empty if there is none. A pattern ends before its `<`."""
    for span in SPAN.findall(text):
        if found := REFERENCE.fullmatch(span):
            name = NAME.match(found["rest"])
            yield found["path"].rstrip("."), name[1] if name else ""


def find_fault(path: str, name: str) -> str:
    """Fault of a reference; empty if what it names exists. A path may leave out `.py`, have wildcards, and name a script of a page."""
    forms = (path.rstrip("/"), f"{path.rstrip('/')}.py", f"apps/*/static/*/js/{path}")
    files = [file for form in forms for file in ROOT.glob(form)]
    if not files:
        return f"{path} does not exist"
    sources = [source for file in files for source in (file.rglob("*.py") if file.is_dir() else [file])]
    return "" if not name or any(name in source.read_text() for source in sources) else f"{name} is not in {path}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_and_names_that_a_document_names_exist(document: Path) -> None:
    assert list(filter(None, (find_fault(*reference) for reference in references_of(document.read_text())))) == []


def test_references_to_files_and_names_that_are_gone_are_found() -> None:
    text = "`tests/docs/gone.py`, `tests/docs/__init__.py: ROOT`, `tests/docs/test_named_files: ROOT`, `tests/docs/`, `docs/*.md`"
    assert [find_fault(*reference) for reference in references_of(text)] == [
        "tests/docs/gone.py does not exist", "ROOT is not in tests/docs/__init__.py", "", "", "",
    ]  # fmt: skip
