"""Reads the text of a page of a book: paragraphs apart, headings found, notes' numbers and what is not shown left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workers.documents.xml import parse_xml

HEADINGS: Final = frozenset({"h1", "h2"})
"""Headings that begin a chapter."""
SILENT: Final = frozenset({"head", "script", "style", "svg", "math", "rt", "rp", "template", "audio", "video", "object", "nav"})
BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_SILENT_TYPES: Final = frozenset({"pagebreak", "noteref"})
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_BREAKS: Final = re.compile(r" *\n[ \n]*")


@dataclass(frozen=True, slots=True)
class Page:
    """Text of a page, which ends with an empty line, and its headings with the character at which each begins."""

    text: str
    headings: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class _Reader:
    paragraphs: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    length: int = 0
    pieces: list[str] = field(default_factory=list)
    silent: int = 0
    """Depth within an element that is not spoken."""
    heading: int = 0
    """Depth within a heading."""
    _heading_end: int = -1
    """Character behind the last heading."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.silent or _is_silent(name, attributes):
            self.silent += 1
            return
        if name in BLOCKS:
            self.flush()
        elif name == "br":
            self.pieces.append("\n")
        self.heading += name in HEADINGS or bool(self.heading)

    def end(self, name: str) -> None:
        if self.silent:
            self.silent -= 1
            return
        if name in BLOCKS:
            self.flush()
        self.heading -= bool(self.heading)

    def characters(self, text: str) -> None:
        if not self.silent:
            self.pieces.append(_SPACES.sub(" ", text))

    def flush(self) -> None:
        """End a paragraph."""
        paragraph = _BREAKS.sub("\n", _tight("".join(self.pieces))).strip()
        self.pieces.clear()
        if not paragraph:
            return
        if self.heading and any(map(str.isalnum, paragraph)):
            self._add_heading(paragraph)
        self.paragraphs.append(f"{paragraph}\n\n")
        self.length += len(paragraph) + 2

    def _add_heading(self, title: str) -> None:
        """Note a heading; one that follows another at once continues it: "Chapter 1", "The Storm"."""
        if self.headings and self._heading_end == self.length:
            start, before = self.headings.pop()
            self.headings.append((start, f"{before}: {title}" if len(before) < LONGEST_JOINED_HEADING else before))
        else:
            self.headings.append((self.length, title))
        self._heading_end = self.length + len(title) + 2


LONGEST_JOINED_HEADING: Final = 500
"""Characters after which following headings no longer continue one: joining a million of them would take quadratic time."""


def read_page(data: bytes, *, name: str) -> Page:
    """Raises DocumentError for a page that is not well-formed."""
    reader = _Reader()
    parse_xml(data, name=name, start=reader.start, end=reader.end, text=reader.characters)
    reader.flush()
    return Page("".join(reader.paragraphs), tuple(reader.headings))


def _is_silent(name: str, attributes: Mapping[str, str]) -> bool:
    return (
        name in SILENT
        or "hidden" in attributes
        or not _SILENT_TYPES.isdisjoint(attributes.get("type", "").split())
        or attributes.get("role", "").removeprefix("doc-") in _SILENT_TYPES
    )


def _tight(text: str) -> str:
    return re.sub(" {2,}", " ", text)
