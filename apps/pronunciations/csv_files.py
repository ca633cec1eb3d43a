"""Dictionaries as CSV files: word, replacement, language, case_sensitive."""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from apps.core.csv_cells import guard_formula, unguard_formula
from apps.core.errors import InvalidRequestError
from apps.pronunciations.models import Pronunciation
from workers.text.pronunciations import MOST_RULES

COLUMNS: Final = ("word", "replacement", "language", "case_sensitive")
LARGEST_FILE: Final = 200_000
"""Bytes: more than the longest words and replacements of a full dictionary."""
TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"", "0", "false", "no", "off"})


def write_csv(entries: Iterable[Pronunciation]) -> str:
    """The entries with a line of headings."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow(
            [guard_formula(entry.word), guard_formula(entry.replacement), entry.language, "true" if entry.case_sensitive else "false"]
        )
    return file.getvalue()


def read_csv(content: bytes) -> list[dict[str, Any]]:
    """Entries of a file, for `import_pronunciations`. Headings are optional; without them the columns stand in the order of COLUMNS.

    400 invalid_csv for a file that is none, is too large, or lacks a word or a replacement.
    """
    if len(content) > LARGEST_FILE:
        raise _invalid(f"The file has {len(content):,} bytes; at most {LARGEST_FILE:,} are read.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _invalid("The file is not UTF-8. Save it as “CSV UTF-8”.") from None
    if "\x00" in text:
        raise _invalid("The file contains a NUL character, so it is not a CSV file.")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(map(str.strip, row))]
    except csv.Error as error:
        raise _invalid(f"The file is not CSV: {error}.") from None
    return _entries(rows)


def _entries(rows: list[list[str]]) -> list[dict[str, Any]]:
    columns: tuple[str, ...] = COLUMNS
    if rows and rows[0][0].strip().lower() == "word":
        columns = tuple(name.strip().lower() for name in rows.pop(0))
        if unknown := [name for name in columns if name not in COLUMNS]:
            raise _invalid(f"Unknown column {unknown[0][:50]!r}. Available: {', '.join(COLUMNS)}.")
    if not rows:
        raise _invalid("The file has no entries.")
    if len(rows) > MOST_RULES:
        raise _invalid(f"The file has {len(rows)} entries; a dictionary has at most {MOST_RULES}.")
    return [_entry(row, columns=columns, line=line) for line, row in enumerate(rows, start=1)]


def _entry(row: list[str], *, columns: tuple[str, ...], line: int) -> dict[str, Any]:
    if len(row) > len(columns):
        raise _invalid(f"Line {line} has {len(row)} columns; at most {len(columns)} are expected. Quote commas.")
    entry: dict[str, Any] = {name: unguard_formula(value.strip()) for name, value in zip(columns, row, strict=False)}
    for name in ("word", "replacement"):
        if not entry.get(name):
            raise _invalid(f"Line {line} has no {name}.")
    flag = entry.pop("case_sensitive", "").lower()
    if flag not in TRUE | FALSE:
        raise _invalid(f"Line {line}: case_sensitive is true or false, not {flag[:20]!r}.")
    return {**entry, "case_sensitive": flag in TRUE}


def _invalid(message: str) -> InvalidRequestError:
    return InvalidRequestError(message, code="invalid_csv", param="file")
