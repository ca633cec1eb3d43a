r"""Mathematics in LaTeX: $x^2 + y^2$, \(\alpha\), \frac{1}{2}; amounts in dollars are left alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.languages.values import Number
from workers.text.normalise.tables import load_table
from workers.text.normalise.written_numbers import ascii_digits

LONGEST: Final = 300
DEEPEST: Final = 12
DOLLARS: Final = re.compile(rf"\$\$([^$]{{1,{LONGEST}}})\$\$|\$(?=[^\s$])([^$\n]{{0,{LONGEST}}}[^\s$\\])\$(?!\d)")
BRACKETS: Final = re.compile(rf"\\\((.{{1,{LONGEST}}}?)\\\)|\\\[(.{{1,{LONGEST}}}?)\\\]", re.DOTALL)
FORMULA: Final = re.compile(r"[\\^_]|[A-Za-z0-9)]\s?[=<>+*/-]\s?[A-Za-z0-9(\\-]")
VARIABLE: Final = re.compile(r"[-+]?\d{0,3}\s?[A-Za-z](?:\([A-Za-z]\))?'?")
AMOUNT: Final = re.compile(r"\d[\d.,]*\s?(?:[kKmMbB]|[-–—/+]|[^\W\d_]{2,}|\s[^\W\d_])|[\d.,]+$")
"""Text behind a dollar sign that is money: 5k, 5-, 5 and."""

TOKEN: Final = re.compile(r"\\[A-Za-z]{1,20}|\\.|\d{1,40}(?:\.\d{1,40})?|[A-Za-z]|\s+|.", re.DOTALL)
COMMAND: Final = re.compile(r"\\([A-Za-z]{2,20})(?![A-Za-z])")
BEFORE_A_PATH: Final = frozenset("\\:/")
SILENT: Final = word_set(load_table("latex")["silent"])
TEXTS: Final = word_set(load_table("latex")["texts"])
WITH_LIMITS: Final = word_set(load_table("latex")["with_limits"])


def read_latex(context: Context, position: int) -> Reading | None:
    """A formula between dollar signs or brackets, or one command by itself."""
    if context.text[position] == "\\":
        return _read_brackets(context, position) or _read_command(context, position)
    match = DOLLARS.match(context.text, position) if context.text[position] == "$" else None
    if not match or context.character(position - 1).isalnum():
        return None
    body = match[1] or match[2]
    is_formula = match[1] is not None or (not AMOUNT.match(body) and FORMULA.search(body)) or VARIABLE.fullmatch(body)
    return _found(context, body, end=match.end()) if is_formula else None


def _read_brackets(context: Context, position: int) -> Reading | None:
    match = BRACKETS.match(context.text, position)
    return _found(context, match[1] or match[2], end=match.end()) if match else None


def _read_command(context: Context, position: int) -> Reading | None:
    r"""\alpha or \frac{1}{2} in running text, not in a Windows path."""
    match = COMMAND.match(context.text, position)
    before = context.character(position - 1)
    if (
        not match
        or before.isalnum()
        or before in BEFORE_A_PATH
        or match[1] not in known_commands()
        or context.character(match.end()) == "\\"
    ):
        return None
    parser = Parser(context.language, context.text[position : position + LONGEST])
    words = parser.read_element(0)
    return Reading(position + parser.offset, _join(context.language, words)) if words else None


def _found(context: Context, body: str, *, end: int) -> Reading | None:
    words = Parser(context.language, body).read_all()
    return Reading(end, _join(context.language, words)) if words else None


def _join(language: Language, words: list[str]) -> str:
    return (" " if language.has_spaces else "").join(words)


@cache
def known_commands() -> frozenset[str]:
    """Commands with a reading of their own."""
    table = load_table("latex")
    return frozenset(("frac", "dfrac", "tfrac", "sqrt", "infty", *table["signs"], *table["names"]["all"].split(), *WITH_LIMITS))


@dataclass(slots=True)
class Token:
    """A command without its backslash, a number, a letter or a sign."""

    text: str
    end: int
    is_command: bool = False


class Parser:
    """Reads a formula from left to right; every token is read once."""

    def __init__(self, language: Language, text: str) -> None:
        self._language = language
        self._tokens = [self._token(match) for match in TOKEN.finditer(ascii_digits(text)) if match[0].strip()]
        self._at = 0
        self._words = load_table("latex")["words"].get(language.code, load_table("latex")["words"]["en"])

    @staticmethod
    def _token(match: re.Match[str]) -> Token:
        text = match[0]
        return Token(text[1:], match.end(), is_command=True) if text[0] == "\\" and len(text) > 1 else Token(text, match.end())

    @property
    def offset(self) -> int:
        """Number of characters read."""
        return self._tokens[self._at - 1].end if self._at else 0

    def read_all(self) -> list[str]:
        """The words of the whole formula."""
        words: list[str] = []
        while self._at < len(self._tokens):
            words += self.read_element(0)
        return words

    def read_element(self, depth: int) -> list[str]:
        """Number, letter, sign, command or group, with its superscripts and subscripts."""
        token = self._next()
        if token is None or depth > DEEPEST:
            return []
        if token.is_command and token.text in WITH_LIMITS:
            return self._read_with_limits(token.text, depth)
        return self._read_atom(token, depth) + self._read_scripts(depth)

    def _next(self) -> Token | None:
        if self._at >= len(self._tokens):
            return None
        self._at += 1
        return self._tokens[self._at - 1]

    def _is_next(self, text: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text == text and not self._tokens[self._at].is_command

    def _read_atom(self, token: Token, depth: int) -> list[str]:
        if token.is_command:
            return self._read_command(token.text, depth)
        if token.text == "{":
            return self._read_group(depth)
        return self._read_sign(token.text)

    def _read_group(self, depth: int, *, closing: str = "}") -> list[str]:
        words: list[str] = []
        while self._at < len(self._tokens) and not self._is_next(closing):
            words += self.read_element(depth + 1)
        self._next()
        return words

    def _read_argument(self, depth: int) -> list[str]:
        """Group, or the single token in place of one."""
        token = self._next()
        return self._read_atom(token, depth + 1) if token and depth <= DEEPEST else []

    def _read_sign(self, text: str) -> list[str]:
        language = self._language
        if text[0].isdecimal():
            whole, _, fraction = text.partition(".")
            return [language.number(language.own_mark(Number(whole, fraction, "." if fraction else "")))]
        if text == "-":
            return [language.difference or language.minus if self._at > 1 else language.minus]
        if text == "/":
            return [self._words["over"]]
        if text == "*":
            return [language.signs["×"]]
        name = language.signs.get(text, "")
        return [name or text] if name or text.isalpha() else []

    def _read_command(self, name: str, depth: int) -> list[str]:
        if name in {"frac", "dfrac", "tfrac"}:
            return self._read_fraction(depth)
        if name == "sqrt":
            if self._is_next("["):
                self._next()
                self._read_group(depth, closing="]")
            return [self._words["root"], *self._read_argument(depth)]
        return self._read_text() if name in TEXTS else self._read_name(name)

    def _read_name(self, name: str) -> list[str]:
        """Command for a sign or a word."""
        table = load_table("latex")
        if name in SILENT or not name.isalpha():
            return []
        if name in table["signs"]:
            return [self._language.signs[table["signs"][name]]]
        own = self._words.get(name) or table["greek"].get(self._language.code, {}).get(name)
        return [own or name.removeprefix("var")]

    def _read_text(self) -> list[str]:
        r"""The letters of \text{…} as one word."""
        if not self._is_next("{"):
            return []
        self._next()
        letters = ""
        while self._at < len(self._tokens) and not self._is_next("}"):
            letters += self._tokens[self._at].text
            self._at += 1
        self._next()
        return [letters] if letters.isalpha() else []

    def _read_fraction(self, depth: int) -> list[str]:
        start = self._at
        above = self._read_argument(depth)
        numerator = self._plain_number(start, self._at)
        start = self._at
        below = self._read_argument(depth)
        denominator = self._plain_number(start, self._at)
        if 0 < numerator < denominator <= 10:
            return [self._language.fraction(numerator, denominator)]
        return [*above, self._words["over"], *below]

    def _plain_number(self, start: int, end: int) -> int:
        """Number that is the whole argument, otherwise 0."""
        texts = [token.text for token in self._tokens[start:end] if token.text not in {"{", "}"}]
        return int(texts[0]) if len(texts) == 1 and texts[0].isdecimal() else 0

    def _read_with_limits(self, name: str, depth: int) -> list[str]:
        """A sum, product, integral or limit, with its limits."""
        words = [self._words[name]]
        limits: dict[str, Callable[[], str]] = {"_": lambda: self._words["from"], "^": lambda: self._words["up_to"]}
        while self._is_next("_") or self._is_next("^"):
            mark = self._next()
            words += [limits[mark.text]() if mark else "", *self._read_argument(depth)]
        return words

    def _read_scripts(self, depth: int) -> list[str]:
        words: list[str] = []
        while self._is_next("_") or self._is_next("^"):
            mark, start = self._next(), self._at
            argument = self._read_argument(depth)
            if mark and mark.text == "_":
                words += [self._words["sub"], *argument]
            else:
                words += self._read_exponent(argument, self._tokens[start : self._at])
        return words

    def _read_exponent(self, argument: list[str], tokens: list[Token]) -> list[str]:
        written = "".join(token.text for token in tokens if token.text not in {"{", "}"})
        if written == "circ":
            return [self._words["degrees"]]
        if written in {"2", "3"}:
            return [self._language.signs["²" if written == "2" else "³"]]
        if re.fullmatch(r"-?\d{1,6}", written):
            return [self._language.raised(Number(written.lstrip("-"), sign="-" if written[0] == "-" else ""))]
        return [self._language.power, *argument]
