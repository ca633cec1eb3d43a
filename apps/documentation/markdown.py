"""Markdown of the repository's documents as HTML for pages: ids on headings, highlighted code, tabs, sounds, links between documents.

Two or more blocks of code in different languages, one right after the other, become tabs: on other readers they stand below each other.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import escape, format_html
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

LABELS: Final = {
    "sh": "curl", "bash": "curl", "console": "Shell", "python": "Python", "js": "JavaScript", "json": "JSON", "yaml": "YAML",
    "html": "HTML", "xml": "SSML", "toml": "TOML", "http": "HTTP", "text": "", "": "",
}  # fmt: skip
SOUNDS: Final = (".mp3", ".opus")
LIVE: Final = "live"
"""Language of a block whose name stands for content that each response fills in (live.py)."""
LIVE_MARK: Final = "\x00live:{name}\x00"
FORMATTER: Final = HtmlFormatter(nowrap=True, classprefix="hl-")


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading with the id that links lead to."""

    level: int
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Document as HTML."""

    title: str
    html: str
    headings: tuple[Heading, ...]


Resolve = Callable[[str], tuple[str, str]]
"""Address of a document's link on the site, and the title of the page that it leads to, or an empty one."""


def render(text: str, *, resolve: Resolve) -> Rendered:
    """Render a document. Its first heading is the title, and is left out of the HTML. A link that says the name of a file says the page's title."""
    tokens = _parser().parse(text)
    title, tokens = _without_title(tokens)
    headings = _name_headings(tokens)
    _resolve_links(tokens, resolve)
    return Rendered(title, _render_blocks(tokens), headings)


def highlighted(code: str, language: str) -> str:
    """Code as HTML with classes for its parts."""
    try:
        lexer = get_lexer_by_name({"sh": "bash", "console": "text", "": "text"}.get(language, language), stripnl=False)
    except ClassNotFound:
        return str(escape(code))
    return str(highlight(code, lexer, FORMATTER)).rstrip("\n")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _without_title(tokens: list[Token]) -> tuple[str, list[Token]]:
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return _text_of(tokens[1]), tokens[3:]
    return "", tokens


def _text_of(inline: Token) -> str:
    return "".join(
        child.content if child.type in {"text", "code_inline"} else " "
        for child in inline.children or ()
        if child.type in {"text", "code_inline", "softbreak"}
    )


def anchor_of(title: str) -> str:
    """Id of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def _name_headings(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    found: list[Heading] = []
    for number, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        title = _text_of(tokens[number + 1])
        anchor = anchor_of(title) or "section"
        same = sum(1 for other in found if re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", other.anchor))
        anchor = f"{anchor}-{same}" if same else anchor
        token.attrSet("id", anchor)
        found.append(Heading(int(token.tag[1]), title, anchor))
    return tuple(found)


def _resolve_links(tokens: Sequence[Token], resolve: Resolve) -> None:
    for token in tokens:
        children = token.children or []
        for number, child in enumerate(children):
            if child.type == "link_open":
                address, title = resolve(str(child.attrGet("href")))
                child.attrSet("href", address)
                if title and children[number + 1].content.endswith(".md"):
                    children[number + 1].content = title


def _render_blocks(tokens: Sequence[Token]) -> str:
    """HTML of the tokens, with neighbouring blocks of code gathered into tabs."""
    made: list[str] = []
    plain: list[Token] = []
    number = 0
    while number < len(tokens):
        run = _run_of_code(tokens, number)
        if not run:
            plain.append(tokens[number])
            number += 1
            continue
        made += [_render_plain(plain), _render_code(run, place=number)]
        plain = []
        number += len(run)
    return "".join([*made, _render_plain(plain)])


def _run_of_code(tokens: Sequence[Token], start: int) -> list[Token]:
    """Blocks of code at this place: several if their languages differ."""
    run: list[Token] = []
    for token in tokens[start:]:
        if token.type not in {"fence", "code_block"} or token.level or _label_of(token) in {_label_of(other) for other in run}:
            break
        if run and not _label_of(token):
            break
        run.append(token)
        if not _label_of(token) or token.info.startswith(LIVE):
            break
    return run


def _label_of(token: Token) -> str:
    """Name of the tab: what follows the language in the block's first line, or the language's own."""
    language, _, name = token.info.strip().partition(" ")
    return name.strip() or LABELS.get(language, language)


def _render_code(run: Sequence[Token], *, place: int) -> str:
    if run[0].info.startswith(f"{LIVE} "):
        return LIVE_MARK.format(name=run[0].info.split()[1])
    blocks = []
    for number, token in enumerate(run):
        language = token.info.strip().partition(" ")[0]
        blocks.append(
            {
                "label": _label_of(token),
                "language": language,
                "html": highlighted(token.content.rstrip("\n"), language),
                "id": f"code-{place}-{number}",
            }
        )
    return render_to_string("documentation/code.html", {"blocks": blocks, "id": f"code-{place}"})


def _render_plain(tokens: Sequence[Token]) -> str:
    if not tokens:
        return ""
    rendered: str = _renderer().render(list(tokens), _parser().options, {})
    return rendered


@cache
def _renderer() -> Any:
    renderer: Any = _parser().renderer
    default = dict(renderer.rules)

    def heading_close(tokens: Sequence[Token], number: int, *_: Any) -> str:
        opened = tokens[number - 2]
        link = format_html('<a class="anchor" href="#{}" aria-label="Link to this section">#</a>', opened.attrGet("id"))
        return f"{link}</{tokens[number].tag}>\n"

    def table_open(*_: Any) -> str:
        return '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table class="table">'

    def table_close(*_: Any) -> str:
        return "</table></div>\n"

    def image(tokens: Sequence[Token], number: int, *rest: Any) -> str:
        source, label = str(tokens[number].attrGet("src")), tokens[number].content
        if not source.endswith(SOUNDS):
            return str(default["image"](tokens, number, *rest))
        address = static(f"documentation/{source[source.index('sounds/') :]}")
        return render_to_string("documentation/sound.html", {"address": address, "label": label}).strip()

    def fence(tokens: Sequence[Token], number: int, *_: Any) -> str:
        return _render_code([tokens[number]], place=1000 + number)

    renderer.rules |= {"heading_close": heading_close, "table_open": table_open, "table_close": table_close, "image": image, "fence": fence}
    return renderer
