"""Links and images of Markdown: [text](address), ![text](address), [text][name], notes [^1]."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from workers.text.normalise.formatting.edits import Edit

BRACKET: Final = re.compile(r"\\[\[\]\\]|`[^`\n]{1,2000}+`|!?\[|\]|\n[ \t]*+\n")
"""Brackets, and text in which they are not matched: escaped brackets, code. A link ends with its paragraph."""
NOTE: Final = re.compile(r"\[\^[^\]\s]{1,60}\](?!:)")
TARGET: Final = re.compile(
    r"\([ \t\n]{0,3}(?:<([^<>\n]{0,2000}+)>|([^\s()<>]{0,2000}+(?:\([^\s()<>]{0,200}+\)[^\s()<>]{0,2000}+){0,5}+))"
    r"(?:[ \t\n]{1,3}(?:\"[^\"]{0,500}+\"|'[^']{0,500}+'|\([^()]{0,500}+\)))?[ \t]{0,3}\)"
)
NAME: Final = re.compile(r"\[([^\[\]\n]{0,200}+)\]")
ADDRESS: Final = re.compile(r"[/.#:?=@]|^[A-Za-z0-9_-]*$")
"""Properties of a link's target: a path, an anchor, a URL, or one plain word."""
CERTAIN: Final = re.compile(r"[a-z]{2,10}:|[/#]")
"""Targets that make brackets a link even directly after a word."""
DEEPEST: Final = 16
LETTER: Final = re.compile(r"[^\W\d_]")


class _Opening(NamedTuple):
    start: int
    end: int


def find_links(text: str) -> Iterator[Edit]:
    """Brackets and targets of links and images, in order; their texts stay."""
    edits: list[Edit] = []
    opened: list[_Opening] = []
    position = 0
    while match := BRACKET.search(text, position):
        position = match.end()
        mark = match[0]
        if mark == "[" and (note := NOTE.match(text, match.start())):
            edits.append(Edit(match.start(), note.end()))
            position = note.end()
        elif mark in {"[", "!["}:
            opened = [*opened[-DEEPEST:], _Opening(match.start(), match.end())]
        elif mark == "]" and opened:
            opening = opened.pop()
            end = _read_target(text, opening, match.start())
            if end:
                edits += [Edit(*opening, is_opening=True), Edit(match.start(), end)]
                position = end
        elif mark[0] == "\n":
            opened = []
    return iter(sorted(edits))


def _read_target(text: str, opening: _Opening, closing: int) -> int:
    """End of the target after the bracket that closes at `closing`; 0 if the brackets are no link."""
    label = text[opening.end : closing]
    is_image = text[opening.start] == "!"
    before = text[opening.start - 1 : opening.start]
    is_after_word = (before.isascii() and before.isalnum()) or before in {"_", ")", "]"} if before else False
    target = TARGET.match(text, closing + 1)
    if target:
        address = target[1] if target[1] is not None else target[2]
        is_link = is_image or (CERTAIN.match(address) if is_after_word else ADDRESS.search(address))
        return target.end() if is_link else 0
    name = NAME.match(text, closing + 1)
    is_named = (
        name is not None and not is_after_word and LETTER.search(label) is not None and text[name.end() : name.end() + 1] not in {"(", "["}
    )
    return name.end() if name and is_named else 0
