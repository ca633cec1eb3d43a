"""Search in the documents and the reference: every section is an entry, ranked by where its words are found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from apps.documentation.contents import Page, pages
from apps.documentation.markdown import anchor_of
from apps.documentation.reference.operations import tags

MOST_RESULTS: Final = 12
MOST_WORDS: Final = 8
LONGEST_QUERY: Final = 100
_WORD = re.compile(r"[\w./-]*\w", re.UNICODE)
_HEADING = re.compile(r"^#{1,4} +(.+?)\s*$", re.MULTILINE)
_MARKUP = re.compile(r"^```.*$|[`*|]|\]\([^)]*\)|^\|[-| ]+\|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Section of a document, or an operation."""

    page: str
    title: str
    path: str
    text: str
    page_words: str
    title_words: str
    text_words: str


@dataclass(frozen=True, slots=True)
class Found:
    """Result with the text around the first word."""

    page: str
    title: str
    path: str
    excerpt: str


def search(query: str) -> list[Found]:
    """Best sections for the words of the query: all words must be in the section, the last one may be the beginning of a word."""
    words = [word.lower() for word in _WORD.findall(query[:LONGEST_QUERY])][:MOST_WORDS]
    if not words:
        return []
    ranked = [(score, -place, entry) for place, entry in enumerate(_entries()) if (score := _score(entry, words))]
    ranked.sort(key=lambda one: one[:2], reverse=True)
    return [Found(entry.page, entry.title, entry.path, _excerpt(entry.text, words)) for _, _, entry in ranked[:MOST_RESULTS]]


def _score(entry: Entry, words: list[str]) -> float:
    total = 0.0
    for word in words:
        found = (
            8.0 * (f" {word}" in entry.title_words) + 4.0 * (f" {word}" in entry.page_words) + min(entry.text_words.count(word), 5) * 0.5
        )
        found += 4.0 * (f" {word} " in entry.title_words)
        if not found:
            return 0.0
        total += found
    return total


def _excerpt(text: str, words: list[str]) -> str:
    low = text.lower()
    place = min((low.find(word) for word in words if word in low), default=0)
    begin = max(0, low.rfind(" ", 0, max(0, place - 50)) + 1)
    shown = text[begin : begin + 150].strip()
    return f"{'… ' if begin else ''}{shown}{' …' if begin + 150 < len(text) else ''}"


@cache
def _entries() -> tuple[Entry, ...]:
    return (*(entry for page in pages() for entry in _sections_of(page)), *_operations())


def _sections_of(page: Page) -> Iterator[Entry]:
    parts = _HEADING.split(re.sub(r"^```.*?^```$", _flattened, page.text, flags=re.MULTILINE | re.DOTALL))
    seen: dict[str, int] = {}
    for number in range(1, len(parts) - 1, 2):
        heading = _MARKUP.sub("", parts[number])
        anchor = anchor_of(parts[number].replace("`", ""))
        seen[anchor] = seen.get(anchor, -1) + 1
        path = page.path if number == 1 else f"{page.path}#{anchor}{f'-{seen[anchor]}' if seen[anchor] else ''}"
        yield _entry(page.title, heading, path, " ".join(_MARKUP.sub(" ", parts[number + 1]).split()))


def _flattened(code: re.Match[str]) -> str:
    """Code without lines that look like headings."""
    return re.sub(r"^#", " #", code[0], flags=re.MULTILINE)


def _operations() -> Iterator[Entry]:
    for tag in tags():
        for operation in tag.operations:
            text = f"{operation.method} {operation.path} {operation.description}"
            yield _entry(f"{tag.title} reference", operation.summary, operation.address, " ".join(text.split()), words=operation.path)


def _entry(page: str, title: str, path: str, text: str, *, words: str = "") -> Entry:
    """`words`: further ones that count as much as the title's."""
    return Entry(page, title, path, text, page_words=_words(page), title_words=_words(f"{title} {words}"), text_words=text.lower())


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "
