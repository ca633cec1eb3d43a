"""Limits the length of a language model's answers and removes their formatting."""

import re
from collections.abc import Iterator
from typing import Final

LONGEST_CHARACTERS: Final = 4000
"""Most characters of an answer: four minutes of speech."""
SENTENCE_END: Final = re.compile(r"[.!?…。！？।][\"'”’»)\]]{0,3}(?=\s|\Z)|[。！？]|\n")

FENCE: Final = re.compile(r"^\s{0,3}(```|~~~)")
RULE: Final = re.compile(r"^\s{0,3}(?:(?:\*\s{0,3}){3,}|(?:-\s{0,3}){3,}|(?:_\s{0,3}){3,})$")
TABLE_RULE: Final = re.compile(r"^\s{0,3}\|?[\s:|-]{3,}$")
HEADING: Final = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#{0,6}\s*$")
BULLET: Final = re.compile(r"^\s{0,12}[-*+•]\s+(?:\[[ xX]\]\s+)?")
NUMBERED: Final = re.compile(r"^\s{0,12}(\d{1,3})[.)]\s+")
QUOTE: Final = re.compile(r"^\s{0,3}(?:>\s?)+")
LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,500})\]\((?:[^()\s]|\([^()\s]{0,500}\)){0,2000}(?:\s+\"[^\"\n]{0,500}\")?\)")
AUTOLINK: Final = re.compile(r"<(https?://[^\s<>]{1,2000})>")
LINE_BREAK: Final = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
TAG: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,20}(?:\s[^<>\n]{0,300})?/?>")
CODE: Final = re.compile(r"(`{1,3})([^`\n]{1,2000})\1")
EMPHASIS: Final = (
    re.compile(r"(\*{1,3})(?=\S)([^*\n]{1,2000}?)(?<=\S)\1"),
    re.compile(r"(?<!\w)(_{1,3})(?=\S)([^_\n]{1,2000}?)(?<=\S)\1(?!\w)"),
    re.compile(r"(~~)(?=\S)([^~\n]{1,2000}?)(?<=\S)\1"),
)
ESCAPE: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
HIDDEN: Final = 0xE000
"""First code point that stands for an escaped character while markup is read: Unicode's private use area, which no text contains."""
ESCAPED: Final = re.compile("[\ue020-\ue07f]")
BLANK_LINES: Final = re.compile(r"\n{3,}")
SPACES: Final = re.compile(r"[ \t]{2,}")
ENDS: Final = (".", "!", "?", "…", ":", ";", ",", "。", "！", "？", "।", "：", "，")


def truncate_answer(text: str, *, is_cut: bool = False, longest: int = LONGEST_CHARACTERS) -> str:
    """Truncate to `longest` characters; a truncated answer ends with its last whole sentence if it has one."""
    kept = text.strip()[:longest]
    if not is_cut and len(kept) == len(text.strip()):
        return kept
    ends = [found.end() for found in SENTENCE_END.finditer(kept)]
    return kept[: ends[-1]].strip() if ends else kept.strip()


def make_speakable(text: str) -> str:
    """Remove Markdown, as a person would read aloud. Code blocks are left out, unless there is nothing else.

    Every line of a list, a heading or a table ends like a sentence, so that it is spoken as one.
    """
    spoken = _join_lines(_plain_lines(text, has_code=False))
    return spoken or _join_lines(_plain_lines(text, has_code=True))


def _plain_lines(text: str, *, has_code: bool) -> Iterator[str]:
    is_code = False
    for line in text.split("\n"):
        if FENCE.match(line):
            is_code = not is_code
        elif is_code:
            if has_code:
                yield line
        elif not RULE.match(line) and not ("|" in line and TABLE_RULE.match(line)):
            yield _plain_line(line)


def _plain_line(line: str) -> str:
    line = QUOTE.sub("", line)
    if heading := HEADING.match(line):
        return _finish(_plain_words(heading[1]))
    if BULLET.match(line):
        return _finish(_plain_words(BULLET.sub("", line, count=1)))
    if numbered := NUMBERED.match(line):
        return _finish(f"{numbered[1]}. {_plain_words(line[numbered.end() :])}".rstrip())
    if line.lstrip().startswith("|") and line.rstrip().endswith("|"):
        cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        return _finish(_plain_words(", ".join(cell for cell in cells if cell)))
    return _plain_words(line)


def _plain_words(line: str) -> str:
    line = ESCAPE.sub(lambda escaped: chr(HIDDEN + ord(escaped[1])), line)
    line = LINE_BREAK.sub(" ", AUTOLINK.sub(r"\1", LINK.sub(r"\1", line)))
    line = CODE.sub(r"\2", TAG.sub("", line))
    for pattern in EMPHASIS:
        line = pattern.sub(r"\2", line)
    return SPACES.sub(" ", ESCAPED.sub(lambda hidden: chr(ord(hidden[0]) - HIDDEN), line)).strip()


def _finish(line: str) -> str:
    """The line with a punctuation mark at its end."""
    return line if not line or line.endswith(ENDS) else f"{line}."


def _join_lines(lines: Iterator[str]) -> str:
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
