"""Tokenises markup to tags and characters: linear, no recursion, no custom entities.

A text is markup if it has a known tag. Inside <speak> it is XML, and a stray < or & is an error; a text that only has some tags ("AT&T
<break/> a < b") is read as its writer meant it: there a < that begins no tag, and a & that begins no reference, are literal, and HTML
unknown to SSML is not spoken.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from typing import Final

from workers.text.markup.errors import MarkupOffsetError
from workers.text.normalise.formatting.edits import Edit
from workers.text.normalise.formatting.html import SHARED, SUBSCRIPT, has_html_tag, read_tag

LONGEST_NAME: Final = 64
MOST_ATTRIBUTES: Final = 12
LONGEST_VALUE: Final = 1000
MOST_SECTIONS: Final = 10_000
"""Most comments and CDATA sections of one text."""

# Repeats are possessive or bounded: no pattern looks at a character more than a fixed number of times.
_NAME: Final = rf"[A-Za-z][A-Za-z0-9_.-]{{0,{LONGEST_NAME}}}+(?::[A-Za-z][A-Za-z0-9_.-]{{0,{LONGEST_NAME}}}+)?"
_WORDS: Final = "speak|say-as|break|phoneme|sub|prosody|emphasis|lang|voice"
_OWN_TAG: Final = re.compile(r"</?(?:speak|say-as|break|phoneme|prosody|emphasis|lang|voice|sub)(?![\w:.-])", re.IGNORECASE | re.ASCII)
"""Tags that HTML lacks, except <sub>."""
_SHARED_TAG: Final = re.compile(r"</?[ps](?:\s*+/?>|\s++[a-z][\w:.-]*+\s*+=)", re.IGNORECASE | re.ASCII)
_SPEAK: Final = re.compile(r"<speak(?![\w:.-])", re.IGNORECASE | re.ASCII)
_TAG_NAME: Final = re.compile(rf"<(/?)({_NAME})")
_SWITCH: Final = r"\[voice:[^\[\]<>\r\n]{1,1000}+\]|\[/voice\]"
_LOOSE_MARKUP: Final = re.compile(
    rf"<(?:!--|!\[CDATA\[|[!?][A-Za-z]|/?(?:{_WORDS})(?![\w:.-])|/?{_NAME}(?=\s|/?>|\Z))|{_SWITCH}", re.IGNORECASE | re.ASCII
)
_VOICE_SWITCH: Final = re.compile(_SWITCH, re.IGNORECASE | re.ASCII)
_STRICT_MARKUP: Final = re.compile(f"<|{_SWITCH}", re.IGNORECASE | re.ASCII)
_ATTRIBUTE: Final = re.compile(rf"\s++((?:{_NAME}))\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)')", re.ASCII)
_TAG_END: Final = re.compile(r"\s*+(/?)>", re.ASCII)
_SPACE: Final = re.compile(r"\s*+", re.ASCII)
_XML_DECLARATION: Final = re.compile(r"<\?xml(?=\s)[^<>?]*+\?>", re.IGNORECASE | re.ASCII)
_REFERENCE: Final = re.compile(r"&(?:#([0-9]{1,8})|#[xX]([0-9A-Fa-f]{1,8})|([A-Za-z][A-Za-z0-9]{0,31}));|&")
_ENTITIES: Final[Mapping[str, str]] = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LINE_BREAKS: Final = str.maketrans("\t\n\r", "   ")


@dataclass(frozen=True, slots=True)
class Characters:
    """Characters to speak, references resolved."""

    text: str
    offset: int
    """Offset in the text as sent."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Value of an attribute, references resolved."""

    value: str
    offset: int


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening, closing or empty tag."""

    name: str
    """Lower case, as are the attributes' names."""
    offset: int
    is_closing: bool = False
    is_empty: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VoiceSwitch:
    """`[voice:am_adam]`: another voice speaks from here on. `[/voice]`: the voice of the request does."""

    name: str
    """Empty for the voice of the request."""
    offset: int


def is_markup(text: str) -> bool:
    """True if a text has a known tag or a voice switch; every other text is plain.

    Paragraphs, <p> and <s>, count as HTML if the text has other HTML tags.
    """
    if _OWN_TAG.search(SUBSCRIPT.sub("", text)) or _VOICE_SWITCH.search(text):
        return True
    return _SHARED_TAG.search(text) is not None and not has_html_tag(text)


def is_whole_document(text: str) -> bool:
    """True if the text has <speak>, and is therefore a complete XML document."""
    return _SPEAK.search(text) is not None


def scan(text: str, *, is_strict: bool) -> Iterator[Characters | Tag | VoiceSwitch]:
    """Tokens of a text in order. Raises MarkupOffsetError.

    is_strict: a stray < or & is an error, and white space is folded to spaces, as inside <speak>.
    """
    sections = 0
    position = _skip_declaration(text) if is_strict else 0
    while position < len(text):
        opening = _find_markup(text, position, is_strict=is_strict)
        if opening > position:
            yield Characters(_resolve(text[position:opening], position, is_strict=is_strict), position)
        if opening == len(text):
            return
        if switch := _VOICE_SWITCH.match(text, opening):
            yield VoiceSwitch(switch[0][1:-1].partition(":")[2].strip(), opening)
            position = switch.end()
            continue
        sections += text.startswith("<!", opening)
        if sections > MOST_SECTIONS:
            raise MarkupOffsetError(f"more than {MOST_SECTIONS} comments and CDATA sections", offset=opening)
        if text.startswith("<!--", opening):
            position = _end_of(text, opening, "-->", opening + 4, what="comment")
        elif text.startswith("<![CDATA[", opening):
            position = _end_of(text, opening, "]]>", opening + 9, what="CDATA section")
            content = text[opening + 9 : position - 3]
            yield Characters(content.translate(_LINE_BREAKS) if is_strict else content, opening + 9)
        elif not is_strict and (edit := _read_html(text, opening)):
            yield Characters(edit.said, opening)
            position = edit.end
        else:
            tag, position = _read_tag(text, opening, is_strict=is_strict)
            yield tag


def _read_html(text: str, opening: int) -> Edit | None:
    """A tag that HTML has and SSML has not, or a subscript: H<sub>2</sub>O."""
    subscript = SUBSCRIPT.match(text, opening)
    if subscript:
        return Edit(opening, subscript.end(), subscript[1])
    name = _TAG_NAME.match(text, opening)
    return None if name and name[2].lower() in SHARED else read_tag(text, opening)


def _skip_declaration(text: str) -> int:
    """Offset after a byte order mark and an XML declaration."""
    start = _SPACE.match(text, 1 if text.startswith("\ufeff") else 0).end()  # type: ignore[union-attr]  # it matches the empty string
    declaration = _XML_DECLARATION.match(text, start)
    return declaration.end() if declaration else start


def _find_markup(text: str, position: int, *, is_strict: bool) -> int:
    match = (_STRICT_MARKUP if is_strict else _LOOSE_MARKUP).search(text, position)
    return match.start() if match else len(text)


def _end_of(text: str, opening: int, mark: str, position: int, *, what: str) -> int:
    end = text.find(mark, position)
    if end < 0:
        raise MarkupOffsetError(f"the {what} is not closed with {mark}", offset=opening)
    return end + len(mark)


def _read_tag(text: str, opening: int, *, is_strict: bool) -> tuple[Tag, int]:
    match = _TAG_NAME.match(text, opening)
    if match is None:
        raise _stray_opening(text, opening)
    closing, name = bool(match[1]), match[2].lower()
    attributes, position = _read_attributes(text, match.end(), name=name, is_strict=is_strict)
    end = _TAG_END.match(text, position)
    if end is None:
        raise _broken_tag(text, position, name=match[1] + name, opening=opening)
    if closing and (attributes or end[1]):
        raise MarkupOffsetError(f"the closing tag </{name}> takes nothing but its name", offset=opening)
    return Tag(name, opening, is_closing=closing, is_empty=bool(end[1]), attributes=attributes), end.end()


def _read_attributes(text: str, position: int, *, name: str, is_strict: bool) -> tuple[dict[str, Attribute], int]:
    attributes: dict[str, Attribute] = {}
    while match := _ATTRIBUTE.match(text, position):
        key, quoted = match[1].lower(), 2 if match[2] is not None else 3
        if key in attributes:
            raise MarkupOffsetError(f"the attribute {key} is given twice in <{name}>", offset=match.start(1))
        if len(attributes) == MOST_ATTRIBUTES:
            raise MarkupOffsetError(f"<{name}> has more than {MOST_ATTRIBUTES} attributes", offset=match.start(1))
        if len(match[quoted]) > LONGEST_VALUE:
            raise MarkupOffsetError(f"the value of {key} is longer than {LONGEST_VALUE} characters", offset=match.start(quoted))
        value = _resolve(match[quoted], match.start(quoted), is_strict=is_strict).translate(_LINE_BREAKS)
        attributes[key] = Attribute(value, match.start(quoted))
        position = match.end()
    return attributes, position


def _stray_opening(text: str, opening: int) -> MarkupOffsetError:
    """Error for a < that begins no tag."""
    following = text[opening + 1 : opening + 2]
    if following == "?":
        return MarkupOffsetError(
            "processing instructions are not accepted, except an XML declaration at the very beginning", offset=opening
        )
    if following == "!":
        return MarkupOffsetError("declarations such as DOCTYPE are not accepted", offset=opening)
    return MarkupOffsetError("this < begins no tag; write &lt; for the character itself", offset=opening)


def _broken_tag(text: str, position: int, *, name: str, opening: int) -> MarkupOffsetError:
    """Error for a tag with neither an attribute nor its end at `position`."""
    start = _SPACE.match(text, position).end()  # type: ignore[union-attr]  # it matches the empty string
    if start == len(text) or text[start] == "<":
        return MarkupOffsetError(f"the tag <{name} is not closed with >", offset=opening)
    key = re.compile(_NAME).match(text, start) if start > position else None
    if key is None:
        return MarkupOffsetError(f"unexpected {text[start]!r} in the tag <{name}>", offset=start)
    equals = _SPACE.match(text, key.end()).end()  # type: ignore[union-attr]
    if text[equals : equals + 1] != "=":
        return MarkupOffsetError(f"the attribute {key[0]} of <{name}> has no value", offset=start)
    quote = _SPACE.match(text, equals + 1).end()  # type: ignore[union-attr]
    if text[quote : quote + 1] in {'"', "'"}:
        return MarkupOffsetError(f"the value of {key[0]} has no closing quotation mark, or holds a <", offset=quote)
    return MarkupOffsetError(f"the value of {key[0]} must stand in straight quotation marks", offset=quote)


def _resolve(text: str, offset: int, *, is_strict: bool) -> str:
    """Replace references by their characters, and inside <speak> line breaks and tabs by spaces."""
    if is_strict:
        text = text.translate(_LINE_BREAKS)
    if "&" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        decimal, hexadecimal, entity = match.groups()
        if entity in _ENTITIES:
            return _ENTITIES[entity]
        place = offset + match.start()
        if entity and not is_strict and f"{entity};" in html5:
            return html5[f"{entity};"]
        if entity:
            raise MarkupOffsetError(f"unknown entity &{entity};: write the character itself, and &amp; for an ampersand", offset=place)
        if decimal or hexadecimal:
            return _numbered_character(int(decimal) if decimal else int(hexadecimal, 16), place)
        if is_strict:
            raise MarkupOffsetError("this & begins no reference; write &amp; for the character itself", offset=place)
        return "&"

    return _REFERENCE.sub(character, text)


def _numbered_character(number: int, offset: int) -> str:
    """Character of a numeric reference; those that XML forbids are refused."""
    is_allowed = number in {9, 10, 13} or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
    if not is_allowed:
        raise MarkupOffsetError(f"the reference names no character: {number}", offset=offset)
    return chr(number)
