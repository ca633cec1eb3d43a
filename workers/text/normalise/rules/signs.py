"""Signs between words, hashtags and handles, and repeated punctuation."""

import re
import unicodedata
from typing import Final

from workers.text.normalise.context import Context, Reading, Rule
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.addresses import say_tag
from workers.text.normalise.rules.arithmetic import read_times
from workers.text.normalise.rules.comparisons import read_comparison
from workers.text.normalise.rules.emoji import read_emoji
from workers.text.normalise.rules.formulas import read_formula, read_lowered
from workers.text.normalise.rules.powers import read_power, read_raised
from workers.text.normalise.rules.quantities import say_with_tail
from workers.text.normalise.tables import load_table

REPEATED: Final = re.compile(r"([!?])[!?]+|(\.)\.+|([,;:])\3+|([-–—])[-–—]+|([=_*#~+|^<>/\\])\5{2,}")
DIGITS_IN_TAG: Final = re.compile(r"#\d{1,20}+(?!(?:st|nd|rd|th)\b)[^\W\d_]{2}")
"""#100daysofcode, and not #5 or #12b."""
HASHTAG: Final = re.compile(r"#(\w{1,100}+)")
NUMBERED: Final = re.compile(r"#(?=[A-Z]{1,4}-?\d)")
"""Number of an order or ticket: #A-1234."""

HANDLE: Final = re.compile(r"@(\w{1,64}+(?:\.\w{1,64}+){0,4})")
SILENT: Final = frozenset("*_~^|\\`•·▪●◦►▶■□◆◇★☆¦")
"""Bullets, emphasis and rulers: at most a break between words."""

EMOJI_PARTS: Final = frozenset("\ufe0e\ufe0f\u20e3")
"""Variation selectors and the frame of a keycap."""

EMOJI_PUNCTUATION: Final = frozenset("‼⁉〰〽")
SPACES: Final = frozenset(" \u00a0\n\t")
OPENING_SPACES: Final = SPACES | set("($<>=≤≥≈±~") | {""}
FRACTION: Final = re.compile(r"\.(\d{1,15})(?![\d.]*\d)")


def read_sign(context: Context, position: int) -> Reading | None:
    """Read a sign as its words, or as a space if it is silent."""
    compared = read_comparison(context, position) if context.text[position] == "=" else None
    repeated = REPEATED.match(context.text, position)
    if repeated and not compared:
        return Reading(repeated.end(), _shorten(repeated[0], before=context.character(position - 1)))
    return READERS.get(context.text[position], _read_named)(context, position)


def _read_compared(context: Context, position: int) -> Reading | None:
    """Arrow or comparison; a dash is left to the G2P."""
    found = read_comparison(context, position)
    is_named = found is None and context.text[position] not in "-–—!"
    return _read_named(context, position) if is_named else found


def _read_point(context: Context, position: int) -> Reading | None:
    """Point between letters inside a sentence (node.js, readme.txt), or a number without its zero (.5)."""
    fraction = FRACTION.match(context.text, position) if context.character(position - 1) in OPENING_SPACES else None
    if fraction:
        number = context.language.own_mark(Number("0", fraction[1], "."))
        return say_with_tail(context, number, start=position, end=fraction.end())
    is_inside = context.character(position - 1).isalnum() and context.character(position + 1).islower()
    return Reading(position + 1, context.language.symbols["."]) if is_inside else None


def _read_times(context: Context, position: int) -> Reading | None:
    """3 x 4, 3*4."""
    return (
        read_times(context, position)
        or read_power(context, position)
        or (None if context.text[position] == "x" else _read_named(context, position))
    )


def _read_caret(context: Context, position: int) -> Reading | None:
    """10^6."""
    return read_power(context, position) or _read_named(context, position)


def _read_about(context: Context, position: int) -> Reading | None:
    """Approximation: ~20, a ~= b."""
    compared = read_comparison(context, position)
    if compared:
        return compared
    is_about = context.character(position + 1).isdigit() and not context.character(position - 1).isalnum()
    return Reading(position + 1, context.language.signs["≈"]) if is_about else _read_named(context, position)


def _read_named(context: Context, position: int) -> Reading | None:
    character = context.text[position]
    if character in SILENT:
        return Reading(position + 1, " " if _is_inside_word(context, position) else "")
    name = context.language.signs.get(character)
    if character == "&" and context.language.code == "es" and context.word_after(position + 1).lower().startswith(("i", "hi")):
        name = "e"  # Pérez e Hijos
    if character == "&" and context.character(position + 1) == "&" and name is not None:
        return Reading(position + 2, name)
    if name is not None:
        is_attached_mark = character in "™®" and context.character(position - 1).isalnum()
        return Reading(position + 1, "" if is_attached_mark else name)
    if character in EMOJI_PARTS:
        return Reading(position + 1, "")
    if unicodedata.category(character)[0] in "MPC" and character not in EMOJI_PUNCTUATION:
        return None  # vowel signs of Hindi, joiners, and punctuation of other scripts
    return read_emoji(context, position)


def _shorten(run: str, *, before: str) -> str:
    """Shorten a run of marks to one: ten make no longer pause."""
    if run[0] in "!?":
        return "?" if "?" in run else "!"
    if run[0] == ".":
        return "…" if len(run) > 1 else "."
    if run[0] in "-–—":
        return "—" if before.strip("\n") else ""
    return run[0] if run[0] in ",;:" else ""


def _read_tag(context: Context, position: int) -> Reading:
    """Hashtag, handle or number (#topic, @name, #5); a lone sign by its name."""
    language, character = context.language, context.text[position]
    following = context.character(position + 1)
    if character == "#" and following.isdecimal() and not DIGITS_IN_TAG.match(context.text, position):
        return Reading(position + 1, language.number_word)
    if NUMBERED.match(context.text, position):
        return Reading(position + 1, f"{language.number_word} ")
    match = (HASHTAG if character == "#" else HANDLE).match(context.text, position)
    if match and any(map(str.isalnum, match[1])):
        name = "hashtag" if character == "#" else language.symbols["@"]
        return Reading(match.end(), f"{name} {say_tag(match[1], language=language)}")
    if character == "#" and context.character(position - 1).isalpha():  # C#, F#
        return Reading(position + 1, "sharp")
    is_heading = character == "#" and context.character(position - 1) in {"", "\n"}
    return Reading(position + 1, "" if is_heading else language.signs[character])


def _read_section(context: Context, position: int) -> Reading | None:
    """Section sign; doubled it is the plural: § 5, §§ 5 and 6."""
    if context.character(position + 1) == "§" and "§§" in context.language.signs:
        return Reading(position + 2, context.language.signs["§§"])
    return _read_named(context, position)


def _read_slash(context: Context, position: int) -> Reading:
    """Slash, which separates words silently, except in marks, 4.5/5, and in English before a time: days per year."""
    if context.character(position - 1).isdecimal() and context.character(position + 1).isdecimal() and context.language.out_of:
        return Reading(position + 1, f" {context.language.out_of} ")
    language, before, after = context.language, context.word_before(position).lower(), context.word_after(position + 1).lower()
    if language.code == "en" and after in PERIODS and before not in PERIODS and _is_inside_word(context, position):
        return Reading(position + 1, f" {language.per} ")
    return Reading(position + 1, " " if _is_inside_word(context, position) else "")


def _is_inside_word(context: Context, position: int) -> bool:
    return context.character(position - 1).isalnum() and context.character(position + 1).isalnum()


PERIODS: Final = word_set(load_table("signs")["periods"])

READERS: Final[dict[str, Rule]] = {
    **dict.fromkeys("²³¹⁰⁴⁵⁶⁷⁸⁹⁺⁻", read_raised),
    **dict.fromkeys("₀₁₂₃₄₅₆₇₈₉₊₋", read_lowered),
    **dict.fromkeys("#@", _read_tag),
    "(": read_formula,
    "^": _read_caret,
    "~": _read_about,
    "/": _read_slash,
    "§": _read_section,
    **dict.fromkeys("<>!+≤≥≠≈±≦≧⩽⩾≅≃∼-–—=", _read_compared),
    ".": _read_point,
    **dict.fromkeys("x*×", _read_times),
}
