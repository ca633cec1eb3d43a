"""Reads the text and the chapters of an EPUB book (EPUB 2.0.1 and 3.3). Runs in a child process (child.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from workers.contract.chapters import MOST_CHAPTERS, Chapter
from workers.documents.archive import Archive, resolve
from workers.documents.errors import INVALID_EPUB, TEXT_TOO_LONG, DocumentError
from workers.documents.file import TextFile, TextLimits
from workers.documents.xhtml import Page, read_page
from workers.documents.xml import parse_xml
from workers.text.markup.chapters import clean_title, with_beginning

CONTAINER: Final = "META-INF/container.xml"
PAGE_TYPES: Final = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
CONTENTS_TYPE: Final = "application/x-dtbncx+xml"
LONGEST_TITLE: Final = 300


@dataclass(slots=True)
class _Package:
    """Contents of the package document (OPF)."""

    title: str = ""
    items: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Reference, media type and properties of each file by its id."""
    spine: list[str] = field(default_factory=list)
    """Ids of the pages in the order of reading."""


def read_epub(file: BinaryIO, *, limits: TextLimits) -> TextFile:
    """Text of the pages in the order of reading, and the chapters that its contents or its headings name. Raises DocumentError."""
    archive = Archive(file, max_unpacked_bytes=limits.max_unpacked_bytes)
    package_name = _package_name(archive)
    package = _read_package(archive, package_name)
    titles = _contents(archive, package, package_name)
    text, marks, skipped = "", [], 0
    pieces: list[str] = []
    length = 0
    for item in package.spine:
        reference, media_type, properties = package.items.get(item, ("", "", ""))
        if "nav" in properties.split():
            continue
        name = resolve(package_name, reference)
        if media_type not in PAGE_TYPES or not archive.has(name):
            skipped += 1
            continue
        page = read_page(archive.read(name), name=name)
        marks += _marks(page, title=titles.get(name, ""), offset=length)
        pieces.append(page.text)
        length += len(page.text)
        if length > limits.max_characters:
            message = f"The book has more than {limits.max_characters:,} characters of text. Split it and send its parts."
            raise DocumentError(TEXT_TOO_LONG, message)
    text = "".join(pieces)
    if not any(map(str.isalnum, text)):
        raise DocumentError(INVALID_EPUB, "The book has no text: its pages may be pictures.")
    warnings = [f"file: {skipped} entries of the book's reading order are no pages of text; they are left out."] if skipped else []
    chapters: tuple[Chapter, ...] = with_beginning(text, marks)
    if len(marks) > MOST_CHAPTERS:
        warnings.append(f"chapters: the book has {len(marks)} headings, of which {len(chapters)} begin a chapter.")
    return TextFile("epub", text, title=clean_title(package.title), chapters=chapters, warnings=tuple(warnings))


def _marks(page: Page, *, title: str, offset: int) -> list[tuple[int, str]]:
    """Characters at which chapters begin in the page, with their titles: at its headings, otherwise where the contents name the page."""
    if page.headings:
        return [(offset + start, heading) for start, heading in page.headings]
    return [(offset, title)] if title and page.text.strip() else []


def _package_name(archive: Archive) -> str:
    found: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "rootfile" and attributes.get("full-path"):
            found.append(attributes["full-path"])

    parse_xml(archive.read(CONTAINER), name=CONTAINER, start=start, end=_ignore, text=_ignore)
    if not found:
        raise DocumentError(INVALID_EPUB, f"The book's {CONTAINER} names no package document.")
    return resolve("", found[0])


def _read_package(archive: Archive, package_name: str) -> _Package:
    package, path = _Package(), [""]

    def start(name: str, attributes: Mapping[str, str]) -> None:
        path.append(name)
        if name == "item":
            package.items[attributes.get("id", "")] = (
                attributes.get("href", ""),
                attributes.get("media-type", "").lower(),
                attributes.get("properties", ""),
            )
        elif name == "itemref" and attributes.get("linear", "yes") != "no":
            package.spine.append(attributes.get("idref", ""))

    def text(characters: str) -> None:
        if path[-1] == "title" and len(package.title) < LONGEST_TITLE:
            package.title += characters

    parse_xml(archive.read(package_name), name=package_name, start=start, end=lambda _: _ignore(path.pop()), text=text)
    if len(package.spine) != len(set(package.spine)):
        package.spine = list(dict.fromkeys(package.spine))  # a page is read once, however often the file names it
    return package


def _contents(archive: Archive, package: _Package, package_name: str) -> dict[str, str]:
    """Title of each page that the table of contents names: of EPUB 3 (nav), otherwise of EPUB 2 (NCX)."""
    for reference, media_type, properties in package.items.values():
        if "nav" in properties.split() or media_type == CONTENTS_TYPE:
            name = resolve(package_name, reference)
            if archive.has(name):
                return _read_contents(archive.read(name), name=name)
    return {}


def _read_contents(data: bytes, *, name: str) -> dict[str, str]:
    titles: dict[str, str] = {}
    label: list[str] = []
    links: list[str] = []

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "a":
            label.clear()
            links.append(attributes.get("href", ""))
        elif tag == "navlabel":
            label.clear()
        elif tag == "content":
            titles.setdefault(resolve(name, attributes.get("src", "")), "".join(label))

    def end(tag: str) -> None:
        if tag == "a" and links:
            titles.setdefault(resolve(name, links.pop()), "".join(label))

    def text(characters: str) -> None:
        if len(label) < LONGEST_TITLE:
            label.append(characters)

    parse_xml(data, name=name, start=start, end=end, text=text)
    return {page: clean_title(title) for page, title in titles.items()}


def _ignore(_: object) -> None:
    """Take no notice of an event."""
