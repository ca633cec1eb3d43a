"""HTML in plain text: tags, comments and character references."""

import re
from collections.abc import Iterator
from functools import cache
from html.entities import html5
from typing import Final

from workers.text.normalise.formatting.edits import Edit
from workers.text.normalise.tables import load_table

# Repeats are possessive or bounded, and no pattern crosses a <: no text makes them slow.
_VALUE: Final = r"\"[^\"<]{0,2000}+\"|'[^'<]{0,2000}+'|[^\s\"'<>=`]{1,500}+"
TAG: Final = re.compile(
    rf"<(/?)([A-Za-z][A-Za-z0-9]{{0,15}}+)((?:\s++[A-Za-z_:@][\w:.@-]{{0,60}}+(?:\s*+=\s*+(?:{_VALUE}))?){{0,20}}+)\s*+/?>", re.ASCII
)
ATTRIBUTE: Final = re.compile(rf"\s([A-Za-z_:@][\w:.@-]*+)(?:\s*+=\s*+({_VALUE}))?", re.ASCII)
DECLARATION: Final = re.compile(r"<!DOCTYPE[^<>]{0,300}+>|<\?xml[^<>]{0,300}+\?>", re.IGNORECASE)
REFERENCE: Final = re.compile(
    r"&(?:amp;){0,3}(?:#(\d{1,7});|#[xX]([0-9A-Fa-f]{1,6});|([A-Za-z][A-Za-z0-9]{1,31});|(nbsp|amp|lt|gt|quot)(?![\w;=]))"
)
"""Character references, including doubly escaped ones (&amp;nbsp;) and common ones without their semicolon."""
START: Final = re.compile(r"<(?=[A-Za-z/!?])|&(?=[A-Za-z#])")
RAISED: Final = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
RAISED_NUMBER: Final = re.compile(r"<sup>([+-]?\d{1,9})</sup>", re.IGNORECASE)
SUBSCRIPT: Final = re.compile(r"<sub>([\d+−-]{1,6}|[a-z][a-z0-9]{0,11})</sub>")
"""Subscript tag; SSML's <sub> has an alias."""
CELL_NEXT: Final = re.compile(r"\s*<t[dh][\s>]", re.IGNORECASE)
SHARED: Final = frozenset(("p", "s", "sub"))
"""Elements of HTML and of SSML."""
HTML_PREFIXES: Final = ("data-", "aria-")
HIGHEST_CODE_POINT: Final = 0x10FFFF


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(load_table("html")[kind].split())


@cache
def _all_names() -> frozenset[str]:
    return frozenset().union(*(_names(kind) for kind in ("inline", "lines", "paragraphs", "cells", "hidden")))


def find_html(text: str) -> Iterator[Edit]:
    """Edits for the HTML in a text, in order. Other uses of < and & stay: a < b, AT&T."""
    position, unclosed = 0, set[str]()
    while match := START.search(text, position):
        edit = _read_reference(text, match.start()) if match[0] == "&" else _read_markup(text, match.start(), unclosed=unclosed)
        if edit:
            yield edit
        position = edit.end if edit else match.end()


def read_tag(text: str, position: int) -> Edit | None:
    """Tag of a known element at the position."""
    match = TAG.match(text, position)
    if not match or match[2].lower() not in _all_names() or not _has_attributes(match):
        return None
    raised = RAISED_NUMBER.match(text, position)
    if raised:
        return Edit(position, raised.end(), raised[1].translate(RAISED))
    return Edit(position, match.end(), _say_tag(text, match), is_opening=not match[1])


def has_html_tag(text: str) -> bool:
    """True if the text has HTML that is not SSML: another element, or an attribute unknown to SSML."""
    return SUBSCRIPT.search(text) is not None or any(
        match[2].lower() not in SHARED or (not match[1] and any(is_html_attribute(name) for name, _ in ATTRIBUTE.findall(match[3])))
        for match in TAG.finditer(text)
        if match[2].lower() in _all_names() and _has_attributes(match)
    )


def is_html_attribute(name: str) -> bool:
    """True if an attribute of a paragraph belongs to HTML and not to SSML."""
    return name.lower() in _names("attributes") or name.lower().startswith(HTML_PREFIXES)


def _has_attributes(match: re.Match[str]) -> bool:
    """True if attributes, and not words, follow the element's name."""
    return all(value or name.lower() in _names("flags") for name, value in ATTRIBUTE.findall(match[3]))


def _read_markup(text: str, position: int, *, unclosed: set[str]) -> Edit | None:
    """Tag, comment or declaration. unclosed: end marks that are known not to follow any more."""
    if text.startswith("<!--", position):
        end = _find_end(text, position, "-->", unclosed=unclosed)
        return Edit(position, end) if end else None
    declaration = DECLARATION.match(text, position)
    if declaration:
        return Edit(position, declaration.end())
    edit = read_tag(text, position)
    hidden = TAG.match(text, position) if edit and edit.is_opening else None
    if edit and hidden and hidden[2].lower() in _names("hidden"):
        end = _find_end(text, edit.end, f"</{hidden[2]}>", unclosed=unclosed)
        return Edit(position, end, "\n\n") if end else edit
    return edit


def _find_end(text: str, position: int, mark: str, *, unclosed: set[str]) -> int:
    """End of the next such mark; 0 if none follows."""
    found = -1 if mark in unclosed else text.find(mark, position)
    if found < 0:
        unclosed.add(mark)
        return 0
    return found + len(mark)


def _say_tag(text: str, match: re.Match[str]) -> str:
    name, is_closing = match[2].lower(), bool(match[1])
    if name == "img":
        alt = next((value.strip("\"'") for key, value in ATTRIBUTE.findall(match[3]) if key.lower() == "alt"), "")
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return f"{' ' * before.isalnum()}{alt}{' ' * after.isalnum()}" if alt.strip() else ""
    if name in _names("cells"):
        return ", " if is_closing and CELL_NEXT.match(text, match.end()) else ""
    if name in _names("paragraphs"):
        return "\n\n"
    if name not in _names("lines"):
        return ""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    is_comma = after.strip()[:1].islower() and before.isalnum()
    return ", " if is_comma else "\n"


def _read_reference(text: str, position: int) -> Edit | None:
    match = REFERENCE.match(text, position)
    if not match:
        return None
    decimal, hexadecimal, name, bare = match.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        is_character = 0x20 <= code <= HIGHEST_CODE_POINT and not 0xD800 <= code <= 0xDFFF
        return Edit(position, match.end(), chr(code)) if is_character else None
    said = html5.get(f"{name or bare};")
    return Edit(position, match.end(), said) if said else None
