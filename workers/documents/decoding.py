"""Decodes the bytes of a text file."""

import codecs
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workers.documents.errors import INVALID_TEXT_FILE, DocumentError

_MARKS: Final[Mapping[bytes, str]] = MappingProxyType(
    {
        codecs.BOM_UTF8: "utf-8",
        codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark begins it
        codecs.BOM_UTF32_BE: "utf-32-be",
        codecs.BOM_UTF16_LE: "utf-16-le",
        codecs.BOM_UTF16_BE: "utf-16-be",
    }
)
FALLBACK: Final = "cp1252"
"""Latin-1 with the printable characters that Windows adds."""
SAMPLE_BYTES: Final = 4096
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MOST_CONTROL_SHARE: Final = 0.01
"""Share of control characters from which a file is no text."""


def decode_text(data: bytes) -> tuple[str, str]:
    """Text with line feeds alone and without control characters, and a warning about a guessed encoding. Raises DocumentError."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _clean(_decode(data[len(mark) :], encoding)), ""
    if guess := _utf_16_without_mark(data):
        return _clean(_decode(data, guess)), f"file: it states no encoding; it was read as {guess.upper()}."
    try:
        return _clean(data.decode("utf-8")), ""
    except UnicodeDecodeError:
        text = data.decode(FALLBACK, errors="replace")
    warning = "file: it is not UTF-8; it was read as Windows-1252 (Latin-1). If letters are wrong, save it as UTF-8."
    return _clean(text), warning


def _utf_16_without_mark(data: bytes) -> str:
    """UTF-16 whose every second byte is mostly zero, as of Latin letters; empty for anything else."""
    sample = data[:SAMPLE_BYTES]
    if len(sample) < 4 or len(data) % 2:
        return ""
    even, odd = (sample[first::2].count(0) / (len(sample) // 2) for first in (0, 1))
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"The file is not valid {encoding.upper()}: byte {error.start:,} cannot be read. Save it as UTF-8."
        raise DocumentError(INVALID_TEXT_FILE, message) from error


def _clean(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    plain, count = _CONTROL.subn("", lines)
    if count > MOST_CONTROL_SHARE * len(lines):
        raise DocumentError(INVALID_TEXT_FILE, "The file is no text: it contains control characters. Save it as plain text in UTF-8.")
    return plain
