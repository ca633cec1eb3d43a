"""Markdown in a plain text: links, headings, lists, quotations, tables, code and rulers."""

import re
from collections.abc import Iterator
from heapq import merge
from typing import Final

from workers.text.normalise.formatting.edits import Edit
from workers.text.normalise.formatting.links import find_links
from workers.text.scripts import FIRST_IDEOGRAPH

# Repeats are possessive or bounded: no text makes them slow.
USED: Final = re.compile(r"[]`|\\]|==|<(?:https?:|mailto:|[\w.+-]{1,64}@)|(?:^|\n)[ \t]{0,8}(?:[#>+~*_=]|-[ \t]?-)")
"""Characters without which a text has no Markdown to remove."""
FENCE: Final = re.compile(r" {0,3}(`{3,20}+|~{3,20}+)[^`\n]*+$")
RULER: Final = re.compile(r" {0,3}([-*_=])[ \t]*+(?:\1[ \t]*+){1,200}+$")
SHORTEST_RULER: Final = 3
HEADING: Final = re.compile(r" {0,3}#{1,6}[ \t]+(?=\S)")
CLOSED_HEADING: Final = re.compile(r"[ \t]+#{1,20}+[ \t]*+$")
QUOTED: Final = re.compile(r"[ \t]{0,3}>(?:[ \t]?>){0,8}+[ \t]?(?=[^\s\d=]|$)")
QUOTED_FIGURE: Final = re.compile(r"[ \t]{0,3}>[ \t]?(?=\d)")
TASK: Final = re.compile(r"([ \t]{0,20}(?:[-*+]|\d{1,3}[.)])[ \t]+)\[[ xX]\][ \t]+(?=\S)")
PLUS: Final = re.compile(r"[ \t]{0,20}\+(?=[ \t]+[^\s\d])")
DELIMITER: Final = re.compile(r"[ \t]*+\|?(?:[ \t]*+:?-{1,80}+:?[ \t]*+\|){1,60}+(?:[ \t]*+:?-{1,80}+:?)?[ \t]*+$")
BAR: Final = re.compile(r"[ \t]*+(?:(?<!\\)\|[ \t]*+)+")
FRAMED: Final = re.compile(r"[ \t]*+\|.*\|[ \t]*+$")
DEFINITION: Final = re.compile(
    r" {0,3}\[[^\]\n^]{1,200}\]:[ \t]*+(?=\S*[/.#:@<])<?\S{1,2000}+(?:[ \t]++(?:\"[^\"\n]*\"|'[^'\n]*'|\([^)\n]*\)))?[ \t]*+$"
)
FOOTNOTE: Final = re.compile(r" {0,3}\[\^[^\]\s]{1,60}\]:[ \t]*+")
INLINE: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)[^`\n]{1,2000}+(?P=ticks)(?!`))|\\(?P<escaped>[*_#`~>+.|=-])|(?P<auto><(?:https?://|mailto:)[^<>\s]{1,2000}+>|<[\w.+-]{1,64}+@[\w.-]{1,200}+>)"
    r"|==(?P<marked>[^\s=][^=\n]{0,300}(?<!\s))=="
)
WRAPPED_CHARACTERS: Final = 45
"""Length from which a heading would run into the next line."""
MARKS: Final = frozenset(".,;:!?…。！？，；：、")


def find_markdown(text: str) -> Iterator[Edit]:
    """Edits for the Markdown in a text, in order. Brackets, bars and other marks outside Markdown stay."""
    if not USED.search(text):
        return
    end = 0
    for edit in merge(_find_lines(text), _find_inline(text), find_links(text)):
        if edit.start >= end:
            yield edit
            end = edit.end


def _find_lines(text: str) -> Iterator[Edit]:
    """Marks at the beginning of lines, and lines that are not spoken at all."""
    start, fence, is_table, is_quote = 0, "", False, False
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start : end - text.endswith("\r", start, end)]
        following = text[end + 1 : (text.find("\n", end + 1) + 1 or len(text) + 1) - 1]
        opened = FENCE.match(line)
        if opened and (not fence or opened[1].startswith(fence)):
            fence = "" if fence else opened[1]
            yield Edit(start, end)
        elif not fence:
            is_table = bool(line.strip()) and "|" in line and (is_table or bool(DELIMITER.match(following)) or bool(DELIMITER.match(line)))
            if is_table or ("|" in line and FRAMED.match(line)):
                yield from _read_row(line, start)
            else:
                yield from _read_line(line, start, following=following, is_quote=is_quote)
                is_quote = line.lstrip().startswith(">")
        start = end + 1


def _read_line(line: str, start: int, *, following: str, is_quote: bool) -> Iterator[Edit]:
    ruler = RULER.match(line)
    if (ruler and sum(map(ruler[1].__eq__, line)) >= SHORTEST_RULER) or DEFINITION.match(line):
        yield Edit(start, start + len(line))
        return
    figure = QUOTED_FIGURE.match(line) if is_quote or following.lstrip().startswith(">") else None
    quoted = QUOTED.match(line) or figure
    at = quoted.end() if quoted else 0
    if quoted:
        yield Edit(start, start + at, is_opening=True)
    heading = HEADING.match(line, at) if at or line[:1] in " #" else None
    task, plus, footnote = TASK.match(line, at), PLUS.match(line, at), FOOTNOTE.match(line, at)
    if heading:
        yield Edit(start + at, start + heading.end(), is_opening=True)
        closing = CLOSED_HEADING.search(line, max(heading.end(), len(line) - 40))
        if closing:
            yield Edit(start + closing.start(), start + len(line))
        if len(line) >= WRAPPED_CHARACTERS and following.strip():
            yield Edit(start + len(line), start + len(line) + 1, "\n\n")
    elif task:
        yield Edit(start + task.start(1), start + task.end(), task[1].replace("+", "-"), is_opening=True)
    elif footnote:
        yield Edit(start + at, start + footnote.end(), is_opening=True)
    elif plus:
        yield Edit(start + plus.end() - 1, start + plus.end(), "-")


def _read_row(line: str, start: int) -> Iterator[Edit]:
    """Row of a table: a comma between its cells; the line between heading and body is silent."""
    if DELIMITER.match(line):
        yield Edit(start, start + len(line))
        return
    for bar in BAR.finditer(line):
        before = line[: bar.start()].rstrip()[-1:]
        is_last = bar.end() == len(line)
        is_wide = before >= FIRST_IDEOGRAPH
        comma, stop = ("，", "。") if is_wide else (", ", "." if before.isalpha() else ";")
        said = "" if not before or before in MARKS else stop if is_last else comma
        yield Edit(start + bar.start(), start + bar.end(), said or " " * (not is_last and bool(before)))


def _find_inline(text: str) -> Iterator[Edit]:
    """Code, escaped marks, addresses in angle brackets, marked words."""
    for match in INLINE.finditer(text):
        if match["escaped"]:
            yield Edit(match.start(), match.end(), match["escaped"])
        elif match["auto"]:
            yield Edit(match.start(), match.start() + 1, is_opening=True)
            yield Edit(match.end() - 1, match.end())
        elif match["marked"]:
            yield Edit(match.start(), match.start() + 2, is_opening=True)
            yield Edit(match.end() - 2, match.end())
        else:
            size = len(match["ticks"])
            yield Edit(match.start(), match.start() + size, is_opening=True)
            yield Edit(match.end() - size, match.end())
