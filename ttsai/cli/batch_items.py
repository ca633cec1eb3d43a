"""Texts of a batch: read from a file of lines, CSV or JSON lines, and checked before anything is sent."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ttsai.cli.exit_codes import InputError

ITEM_FIELDS: Final = ("voice", "model", "language", "speed", "instructions", "format", "bitrate", "sample_rate")
NUMBERS: Final = {"speed": float, "sample_rate": int}
FORMATS: Final = ("txt", "csv", "jsonl")
_FILE_NAME: Final = re.compile(r"[^\\/\0]{1,150}")


@dataclass(frozen=True, slots=True)
class Item:
    """One text, with the request that speaks it and the file for its audio."""

    place: str
    """`line 3`, for error messages."""
    file: str
    body: dict[str, Any]

    @property
    def digest(self) -> str:
        """Identity of the item: the same text with the same options for the same file."""
        return hashlib.sha256(json.dumps([self.file, self.body], sort_keys=True).encode()).hexdigest()


def read_items(text: str, *, form: str, defaults: dict[str, Any]) -> list[Item]:
    """Items of a file. `defaults` are options of items without their own. Raises InputError for the first invalid one."""
    rows = {"txt": _lines, "csv": _csv_rows, "jsonl": _json_rows}[form](text)
    items: list[Item] = []
    files: dict[str, str] = {}
    for place, row in rows:
        item = _item(place, row, number=len(items) + 1, defaults=defaults)
        if item.file in files:
            raise InputError(f"{place}: the file {item.file} is named in {files[item.file]} already.")
        files[item.file] = place
        items.append(item)
    if not items:
        raise InputError("There is no text.")
    return items


def _lines(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield f"line {number}", {"text": line.strip()}


def _csv_rows(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    if "text" not in (reader.fieldnames or ()):
        raise InputError(
            f"The first line names the columns, and one of them is text; these are {', '.join(reader.fieldnames or ['none'])}."
        )
    try:
        for row in reader:
            if None in row:
                raise InputError(f"line {reader.line_num}: more cells than columns.")
            yield f"line {reader.line_num}", {name: value for name, value in row.items() if value}
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: {error}.") from error


def _json_rows(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"line {number} is not JSON: {error}.") from error
        if not isinstance(row, dict | str):
            raise InputError(f'line {number}: expected an object such as {{"text": "Hello."}}, or a string.')
        yield f"line {number}", {"text": row} if isinstance(row, str) else row


def _item(place: str, row: dict[str, Any], *, number: int, defaults: dict[str, Any]) -> Item:
    unknown = [name for name in row if name not in {*ITEM_FIELDS, "text", "file"}]
    if unknown:
        raise InputError(f"{place}: unknown field {unknown[0]!r}. Known: text, file, {', '.join(ITEM_FIELDS)}.")
    if not isinstance(row.get("text"), str) or not row["text"].strip():
        raise InputError(f"{place}: there is no text.")
    body = {"format": "mp3", **defaults, **{name: _value(place, name, row[name]) for name in ("text", *ITEM_FIELDS) if row.get(name)}}
    file = str(row.get("file") or f"{number:04}")
    if not _FILE_NAME.fullmatch(file) or file.startswith("."):
        raise InputError(f"{place}: {file!r} is no file name; folders and leading dots are not allowed.")
    suffix = f".{body['format']}"
    return Item(place, file if file.endswith(suffix) else f"{file}{suffix}", body)


def _value(place: str, name: str, value: Any) -> Any:
    if name not in NUMBERS:
        return value
    try:
        return NUMBERS[name](value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{place}: {name} is {value!r}, not a number.") from error
