"""Phrases that are no idiomatic English, in the texts of a repository: comments, messages, labels, documents, pages and the API's descriptions."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PHRASES: Final = {
    r"(?:go|goes|went|gone) on(?!\s+(?:(?:an?|the|its?|their|this|that|each|every)\b|\d))": "continue",
    r"(?:is|are|was|were|be|been|being|get|gets|was not) told": "notify, report, show, instruct",
    r"told (?:to|of|by|on|about)": "notify, report, show, instruct",
    r"^told (?=\S)": "shown, reported",
    r"heard by": "recognised by, transcribed by, estimated by",
    r"(?:is|are|was|were|be) remembered|remembered for": "stored, kept, cached",
    r"(?:comes?|came) to nothing": "end without a result",
    r"(?:an?|its|the|this|other) twins?|twin (?:job|request)s?": "duplicate",
    r"who(?:ever)? waits": "waiting client",
    r"(?:takes?|took|taken|taking|puts?|set) (?:\w+ )?aside": "store, ingest, skip",
    r"wishes": "options, settings",
    r"heralds?": "sender",
}
"""Patterns of whole words, with what is written in their place. HOUSE_STYLE lists them."""
NOUN_CLAUSES: Final = re.compile(r"(?:Of|What|Who|Whose|Whom|Whoever|Whatever|Which)\b(?![^.?]*\?)")
"""Beginning of a comment that names no subject; questions are left alone."""
_PATTERN: Final = re.compile("|".join(rf"(\b(?:{phrase})\b)" for phrase in PHRASES), re.IGNORECASE)
_ADVICE: Final = tuple(PHRASES.values())
_CODE: Final = re.compile(r"`[^`\n]*`")
_FENCE: Final = re.compile(r"^ *(?:```|~~~)")
_HEADER: Final = re.compile(r"\s*(?://|/\*+|\*)\s*(.*)")


def phrases_of(path: Path) -> list[tuple[int, str]]:
    """Findings of one file of any kind that is checked, with their lines."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        return list(_python_findings(text, is_test="tests" in path.parts))
    findings = [found for line, words in _lines(text, is_document=path.suffix == ".md") for found in _phrases(words, line=line)]
    if path.suffix in {".js", ".css"}:
        findings += _header_findings(text)
    return findings


def _python_findings(source: str, *, is_test: bool) -> Iterator[tuple[int, str]]:
    """Comments, docstrings and, outside of tests, whose texts are data, all other strings."""
    previous = -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, words = token.start[0], token.string.lstrip("#! ")
            yield from _phrases(words, line=line)
            if line != previous + 1 and (found := NOUN_CLAUSES.match(words)):
                yield line, f'comment begins with "{found[0]}"; name its subject with a noun or start with a verb: {words[:60]}'
            previous = line
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (not is_test or id(node) in docstrings):
            for offset, words in enumerate(node.value.split("\n")):
                yield from _phrases(words, line=node.lineno + offset)


def _lines(text: str, *, is_document: bool) -> Iterator[tuple[int, str]]:
    """Numbered lines of a text; of a document without its blocks of code."""
    is_code = False
    for number, line in enumerate(text.split("\n"), start=1):
        if is_document and _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            yield number, line


def _phrases(words: str, *, line: int) -> Iterator[tuple[int, str]]:
    for found in _PATTERN.finditer(_CODE.sub("", words).strip()):
        yield line, f'"{found[0]}" is no standard term; write {_ADVICE[(found.lastindex or 1) - 1]}: {words.strip()[:80]}'


def _header_findings(text: str) -> Iterator[tuple[int, str]]:
    """The comment at the beginning of a script or style sheet, which names the subject of the file."""
    first, header = text.partition("\n")[0], _HEADER.match(text)
    if header and (found := re.match(r"(?:What|Who|Whose|Whether|Where|Which|Why|How|When|Of|That)\b", header[1])):
        yield 1, f'comment begins with "{found[0]}"; name its subject with a noun or start with a verb: {first[:60]}'
