"""Random valid documents as trees, their markup, and the expected result character by character."""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

PROSODY = {"slow": 0.75, "80%": 0.8, "+20%": 1.2, "-20%": 0.8, "1.5": 1.5, "x-slow": 0.5, "400%": 4.0}
VOLUME = {"soft": -6.0, "+6dB": 6.0, "-3.5dB": -3.5, "x-loud": 6.0, "silent": -120.0}
BREAKS = {"1s": 1.0, "250ms": 0.25, "0.5s": 0.5, "10ms": 0.01}

Style = dict[str, str | float]


@dataclass
class Tree:
    """Element with its attributes and children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["str | Tree"] = field(default_factory=list)

    def __str__(self) -> str:
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        if not self.children:
            return f"<{self.name}{attributes}/>"
        return f"<{self.name}{attributes}>{write(self.children)}</{self.name}>"


def write(nodes: list["str | Tree"]) -> str:
    """The markup of some nodes."""
    return "".join(escape(node) if isinstance(node, str) else str(node) for node in nodes)


@dataclass
class Expected:
    """Expected result of a document, one entry for each written character."""

    characters: list[str] = field(default_factory=list)
    kinds: list[tuple[str, str]] = field(default_factory=list)
    """Kind of the segment and its specific fields."""
    styles: list[Style] = field(default_factory=list)
    breaks: list[tuple[int, float]] = field(default_factory=list)
    sentence_ends: set[int] = field(default_factory=set)
    paragraph_ends: set[int] = field(default_factory=set)

    def end(self, name: str) -> None:
        """Record the begin or end of a <s> or <p>."""
        heard = [index for index, character in enumerate(self.characters) if not character.isspace()]
        if heard and name in {"s", "p"}:
            self.sentence_ends.add(heard[-1])
            if name == "p":
                self.paragraph_ends.add(heard[-1])

    def add(self, text: str, style: Style, kind: tuple[str, str]) -> None:
        """Add characters."""
        self.characters.extend(text)
        self.kinds.extend([kind] * len(text))
        self.styles.extend([style] * len(text))


def expect(nodes: list["str | Tree"], expected: Expected, style: Style) -> Expected:
    """Walk the tree in the simplest way."""
    for node in nodes:
        if isinstance(node, str):
            expected.add(node, style, ("text", ""))
        elif node.name == "break":
            expected.breaks.append((len(expected.characters), BREAKS[node.attributes["time"]]))
        elif node.name in {"say-as", "sub", "phoneme"}:
            expected.add("".join(map(str, node.children)), style, (node.name.replace("-", "_"), next(iter(node.attributes.values()))))
        else:
            expected.end(node.name)
            expect(node.children, expected, restyle(style, node))
            expected.end(node.name)
    return expected


def restyle(style: Style, node: Tree) -> Style:
    """Style of an element inside another."""
    new = dict(style)
    if "rate" in node.attributes:
        new["rate"] = round(min(max(float(style["rate"]) * PROSODY[node.attributes["rate"]], 0.25), 4.0), 4)
    if "volume" in node.attributes:
        new["volume_decibels"] = round(min(max(float(style["volume_decibels"]) + VOLUME[node.attributes["volume"]], -120.0), 12.0), 4)
    if "level" in node.attributes:
        new["emphasis"] = node.attributes["level"]
    if "xml:lang" in node.attributes:
        new["language"] = node.attributes["xml:lang"].lower()
    if "name" in node.attributes:
        new["voice"] = node.attributes["name"]
    return new


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r"), min_size=1, max_size=12)
WORD = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
SPACE = st.sampled_from([" ", "  ", "\u3000"])


def _element(
    name: str, attributes: st.SearchStrategy[dict[str, str]], children: st.SearchStrategy[list["str | Tree"]]
) -> st.SearchStrategy[Tree]:
    return st.builds(Tree, st.just(name), attributes, children)


def _one(name: str, values: object) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({name: st.sampled_from(sorted(values))})  # type: ignore[call-overload]


LEAVES = st.one_of(
    TEXT,
    SPACE,
    _element("break", _one("time", BREAKS), st.just([])),
    _element("say-as", _one("interpret-as", ["date", "cardinal", "spell-out"]), st.lists(WORD, min_size=1, max_size=1)),
    _element("sub", st.fixed_dictionaries({"alias": WORD}), st.lists(WORD, min_size=1, max_size=1)),
    _element("phoneme", st.fixed_dictionaries({"ph": WORD}), st.lists(WORD, min_size=1, max_size=1)),
)


def _inside(children: st.SearchStrategy["str | Tree"]) -> st.SearchStrategy["str | Tree"]:
    several = st.lists(children, max_size=4)
    prosody = st.fixed_dictionaries({}, optional={"rate": st.sampled_from(sorted(PROSODY)), "volume": st.sampled_from(sorted(VOLUME))})
    return st.one_of(
        _element("prosody", prosody, several),
        _element("emphasis", _one("level", ["strong", "moderate", "reduced", "none"]), several),
        _element("lang", _one("xml:lang", ["fr", "en-GB", "pt-BR"]), several),
        _element("voice", _one("name", ["af_bella", "Jürgen"]), several),
    )


INLINE = st.recursive(LEAVES, _inside, max_leaves=6)
SENTENCE = _element("s", st.fixed_dictionaries({}, optional={"xml:lang": st.just("de")}), st.lists(INLINE, max_size=4))
PARAGRAPH = _element("p", st.just({}), st.lists(st.one_of(SENTENCE, INLINE), max_size=4))
NODES = st.lists(st.one_of(PARAGRAPH, SENTENCE, INLINE), max_size=5)
