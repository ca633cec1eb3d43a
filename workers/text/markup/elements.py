"""Known elements: their content, attributes and effects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from workers.contract.markup import Segment
from workers.text.markup import values
from workers.text.markup.errors import MarkupOffsetError
from workers.text.markup.scan import Attribute, Tag
from workers.text.markup.values import Reader
from workers.text.markup.x_sampa import ALPHABETS, to_ipa


@dataclass(frozen=True, slots=True)
class Style:
    """Voice settings of the open elements."""

    rate: float = 1.0
    volume_decibels: float = 0.0
    emphasis: str = ""
    language: str = ""
    voice: str = ""

    def segment(self, text: str, *, start: int, **fields: Any) -> Segment:
        """Segment of text in this style; `fields` are further fields of Segment."""
        return Segment(
            text,
            start,
            rate=self.rate,
            volume_decibels=self.volume_decibels,
            emphasis=self.emphasis,
            language=self.language,
            voice=self.voice,
            **fields,
        )


@dataclass(frozen=True, slots=True)
class Values:
    tag: Tag
    read: Mapping[str, str | float]

    def text(self, name: str, default: str = "") -> str:
        return str(self.read.get(name, default))

    def number(self, name: str, default: float) -> float:
        return float(self.read.get(name, default))

    def fault(self, name: str, message: str) -> MarkupOffsetError:
        """Error for an invalid value of an attribute."""
        return MarkupOffsetError(f"{name} of <{self.tag.name}> {message}", offset=self.tag.attributes[name].offset)

    def reread(self, name: str, reader: Reader) -> str:
        """Value of an attribute whose meaning depends on another one; empty if it was not given."""
        if name not in self.tag.attributes:
            return ""
        try:
            return str(reader(self.tag.attributes[name].value))
        except ValueError as error:
            raise self.fault(name, str(error)) from None


@dataclass(frozen=True, slots=True)
class Element:
    """One known element."""

    holds: Literal["anything", "text", "nothing"] = "anything"
    attributes: Mapping[str, Reader] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    """SSML attributes that no engine supports; they give a warning."""
    never_inside: frozenset[str] = frozenset()
    style: Callable[[Values, Style], Style] | None = None
    """Effect of an element that changes the style of its content."""
    segment: Callable[[Values], Mapping[str, Any]] | None = None
    """Fields of an element that is one segment."""


def _speak_prosody(given: Values, style: Style) -> Style:
    rate = values.clamp_rate(style.rate * given.number("rate", 1.0))
    decibels = values.clamp_decibels(style.volume_decibels + given.number("volume", 0.0))
    return replace(style, rate=rate, volume_decibels=decibels)


def _speak_emphasis(given: Values, style: Style) -> Style:
    return replace(style, emphasis=given.text("level", "moderate"))


def _speak_language(given: Values, style: Style) -> Style:
    return replace(style, language=given.text("xml:lang", style.language))


def _speak_voice(given: Values, style: Style) -> Style:
    return replace(_speak_language(given, style), voice=given.text("name"))


def _as_break(given: Values) -> Mapping[str, Any]:
    seconds = given.number("time", given.number("strength", values.BREAK_SECONDS["medium"]))
    return {"kind": "break", "break_seconds": seconds}


def _as_say_as(given: Values) -> Mapping[str, Any]:
    kind = given.text("interpret-as")
    formats: Mapping[str, Reader] = {"date": values.read_date_format, "time": values.read_time_format}
    hint = given.reread("format", formats.get(kind, values.read_hint))
    return {"kind": "say_as", "interpret_as": kind, "format": hint, "detail": given.text("detail")}


def _as_phoneme(given: Values) -> Mapping[str, Any]:
    phonemes = given.text("ph") if given.text("alphabet", "ipa") == "ipa" else given.reread("ph", to_ipa)
    return {"kind": "phoneme", "phonemes": phonemes, "alphabet": "ipa"}


def _as_sub(given: Values) -> Mapping[str, Any]:
    return {"kind": "sub", "alias": given.text("alias")}


_IGNORED: Final = frozenset({"onlangfailure", "class", "id", "style", "title", "dir", "lang", "align"})
"""Attributes of paragraphs without effect; most of them are HTML's."""
_LANGUAGE: Final[Mapping[str, Reader]] = {"xml:lang": values.read_language}

ELEMENTS: Final[Mapping[str, Element]] = {
    "speak": Element(
        attributes=_LANGUAGE,
        ignored=frozenset({"onlangfailure", "startmark", "endmark"}),
        style=_speak_language,
    ),
    "p": Element(attributes=_LANGUAGE, never_inside=frozenset({"p", "s"}), ignored=_IGNORED, style=_speak_language),
    "s": Element(attributes=_LANGUAGE, never_inside=frozenset({"s"}), ignored=_IGNORED, style=_speak_language),
    "lang": Element(attributes=_LANGUAGE, required=("xml:lang",), ignored=frozenset({"onlangfailure"}), style=_speak_language),
    "voice": Element(
        attributes={"name": values.short_text(values.LONGEST_VOICE), **_LANGUAGE},
        required=("name",),
        ignored=frozenset({"gender", "age", "variant", "languages", "required", "ordering", "onvoicefailure"}),
        style=_speak_voice,
    ),
    "prosody": Element(
        attributes={"rate": values.read_rate, "volume": values.read_volume},
        ignored=frozenset({"pitch", "range", "contour", "duration"}),
        style=_speak_prosody,
    ),
    "emphasis": Element(attributes={"level": values.one_of(values.EMPHASIS)}, style=_speak_emphasis),
    "break": Element(
        holds="nothing",
        attributes={"time": values.read_duration, "strength": values.read_strength},
        segment=_as_break,
    ),
    "say-as": Element(
        holds="text",
        attributes={"interpret-as": values.read_interpretation, "format": values.read_hint, "detail": values.read_hint},
        required=("interpret-as",),
        segment=_as_say_as,
    ),
    "phoneme": Element(
        holds="text",
        attributes={"ph": values.short_text(values.LONGEST_PHONEMES), "alphabet": values.one_of(ALPHABETS)},
        required=("ph",),
        ignored=frozenset({"type"}),
        segment=_as_phoneme,
    ),
    "sub": Element(holds="text", attributes={"alias": values.short_text(values.LONGEST_ALIAS)}, required=("alias",), segment=_as_sub),
}

_ANYWHERE: Final = ("xmlns", "xmlns:", "xsi:", "xml:id", "xml:base", "xml:space", "version")
"""Attributes without effect on the speech; names ending with a colon are prefixes."""


def read_tag(tag: Tag) -> tuple[Element, Values, list[str]]:
    """Read an opening tag: its element, its values and its unsupported attributes. Raises MarkupOffsetError."""
    element = ELEMENTS.get(tag.name)
    if element is None:
        known = ", ".join(f"<{name}>" for name in ELEMENTS)
        raise MarkupOffsetError(
            f"unknown element <{tag.name}>; known are {known}; write &lt; for a < that is meant to be said", offset=tag.offset
        )
    for name in element.required:
        if name not in tag.attributes:
            raise MarkupOffsetError(f"<{tag.name}> needs the attribute {name}", offset=tag.offset)
    read: dict[str, str | float] = {}
    unfollowed: list[str] = []
    for name, attribute in tag.attributes.items():
        if name in element.attributes:
            read[name] = _read_value(tag, name, attribute, element.attributes[name])
        elif name in element.ignored:
            unfollowed.append(name)
        elif not _says_nothing(name):
            raise MarkupOffsetError(f"<{tag.name}> has no attribute {name}", offset=attribute.offset)
    return element, Values(tag, read), unfollowed


def _read_value(tag: Tag, name: str, attribute: Attribute, reader: Reader) -> str | float:
    try:
        return reader(attribute.value)
    except ValueError as error:
        raise MarkupOffsetError(f"{name} of <{tag.name}> {error}", offset=attribute.offset) from None


def _says_nothing(name: str) -> bool:
    return any(name.startswith(known) if known.endswith(":") else name == known for known in _ANYWHERE)
