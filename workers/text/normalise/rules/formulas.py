"""Chemical formulas and subscripts: H₂SO₄, Fe2O3, x₁."""

import re
import unicodedata
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.values import Number

ELEMENTS: Final = (
    "A[cglmrstu]|B[aehikr]?|C[adeflmnorsu]?|D[bsy]|E[rsu]|F[elmr]?|G[ade]|H[efgos]?|I[nr]?|Kr?|L[airuv]|M[cdgnot]|N[abdehiop]?|O[gs]?"
    "|P[abdmortu]?|R[abefghnu]|S[bcegimnr]?|T[abcehilms]|U|V|W|Xe|Yb?|Z[nr]"
)
FIGURES: Final = r"(?:[₀-₉]{1,4}|\d{1,4})"
ATOM: Final = re.compile(rf"({ELEMENTS})({FIGURES}?)|([()\[\]])({FIGURES}?)")
FORMULA: Final = re.compile(rf"(?<![^\W_])(?:(?:{ELEMENTS}){FIGURES}?|[(\[]|[)\]]{FIGURES}?){{1,24}}+(?![^\W_²³¹⁰⁴-⁹])")
LOWERED: Final = re.compile(r"[₊₋]?[₀-₉]{1,8}")
CHARGED: Final = re.compile(r"[²³⁴-⁹]?[⁺⁻](?![⁰¹²³⁴-⁹])")
LONGEST_FORMULA: Final = 40


def read_formula(context: Context, position: int) -> Reading | None:
    """Formula in letters and figures. In plain figures it needs a two-letter element beside another: Fe2O3, not B2B."""
    match = FORMULA.match(context.text, position, position + LONGEST_FORMULA)
    if not match or match[0].count("(") != match[0].count(")") or not (_is_formula(match[0]) or CHARGED.match(context.text, match.end())):
        return None
    language = context.language
    words: list[str] = []
    for atom in ATOM.finditer(match[0]):
        figures = "".join(str(unicodedata.digit(figure)) for figure in atom[2] or atom[4] or "")
        words += [*([language.spell(atom[1])] if atom[1] else []), *([language.number(Number(figures))] if figures else [])]
    return Reading(match.end(), " ".join(words))


def _is_formula(text: str) -> bool:
    if LOWERED.search(text):
        return True
    symbols = [atom[1] for atom in ATOM.finditer(text) if atom[1]]
    return len(symbols) > 1 and any(len(symbol) > 1 for symbol in symbols) and any(map(str.isdecimal, text))


def read_lowered(context: Context, position: int) -> Reading | None:
    """Subscript figures after their base: x₁."""
    match = LOWERED.match(context.text, position)
    if not match:
        return None
    sign = "-" if match[0][0] == "₋" else "+" if match[0][0] == "₊" else ""
    digits = "".join(str(unicodedata.digit(figure)) for figure in match[0].lstrip("₊₋"))
    return Reading(match.end(), context.language.number(Number(digits, sign=sign)))
