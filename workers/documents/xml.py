"""Reads XML of a book as a stream of events. Entities of the file itself are refused, and no other file is opened."""

import re
from collections.abc import Callable, Mapping
from html.entities import html5
from typing import Final
from xml.parsers import expat

from workers.contract.files import TOO_COMPLEX
from workers.documents.errors import INVALID_EPUB, DocumentError

DEEPEST: Final = 256
_NAMED: Final = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


def parse_xml(data: bytes, *, name: str, start: Start, end: End, text: Callable[[str], None]) -> None:
    """Call the functions for each element, by its local name in lower case, and for the characters between. Raises DocumentError."""
    depth = 0
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def on_start(full: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise DocumentError(TOO_COMPLEX, f"The book's file {name[:200]!r} nests elements more than {DEEPEST} deep.")
        start(_local(full), {_local(key): value for key, value in attributes.items()})

    def on_end(full: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(full))

    def on_entity(*_: object) -> None:
        raise DocumentError(INVALID_EPUB, f"The book's file {name[:200]!r} declares entities, which are not read.")

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = on_entity
    try:
        parser.Parse(_NAMED.sub(_character, data), True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        raise DocumentError(
            INVALID_EPUB, f"The book's file {name[:200]!r} is not well-formed XML ({place}). Export the book anew."
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that Python lacks
        raise DocumentError(INVALID_EPUB, f"The book's file {name[:200]!r} is in an unknown encoding.") from error


def _character(match: "re.Match[bytes]") -> bytes:
    """A named character of HTML, which XHTML declares in a file that is not opened, as a number."""
    character = "" if match[1] in _OF_XML else html5.get(f"{match[1].decode()};", "")
    return "".join(f"&#{ord(one)};" for one in character).encode() if character else match[0]


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()
