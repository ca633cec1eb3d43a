"""Comparison signs: 5 > 3, age>=18, a != b, <5%; but no tags, quotes of emails, arrows or hearts."""

import re
from typing import Final

from workers.text.normalise.context import LOOK_BACK, Context, Reading
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.rules.money import read_money_prefix
from workers.text.normalise.rules.quantities import read_quantity
from workers.text.normalise.tables import alternation, load_table

OPERATOR: Final = re.compile(r"<=(?![>=])|=<(?=\s?[\d-])|>=(?!=)|!==?(?!=)|<>|=/=|={2,3}(?!=)|~=|\+/-|\+-(?=\s?\d)|[<>≤≥≠≈≦≧⩽⩾≅≃∼±]")
ARROW: Final = re.compile(r"<?[-=]{1,3}>|<[-=]{2,3}|<-(?!\d)")
HEART: Final = re.compile(r"<3+(?![\w.,:/%°-]*\w|\s?[%°$€£]|\s?[^\W\d_]{1,3}(?![^\W_])\s*\d)")
HEART_SUBJECTS: Final = word_set(load_table("comparisons")["heart_subjects"])
LONE: Final = re.compile(r"[ \t]*(?:[.!?)\n]|$)")
LEFT_END: Final = frozenset(")]|%°\"'”’²³")
RIGHT_START: Final = frozenset("(-−–+.$€£¥₹√|\"'“‘±∞π≈~")
COMPARED_SIGNS: Final = frozenset("≤≥≠≈±")
"""Signs that never mean anything else."""

UNARY: Final = COMPARED_SIGNS | {"<=", ">=", "=<", "+/-", "+-", "<", ">", "≦", "≧", "⩽", "⩾", "≅", "≃", "∼"}
"""Operators that may precede a value alone: ages >= 18."""

ATTRIBUTES: Final = r"""(?:\s+[A-Za-z-]{1,20}(?:=(?:"[^"<>]{0,80}"|'[^'<>]{0,80}'|[^\s"'<>,]{1,80}))?){0,4}"""
OPEN_TAG: Final = re.compile(rf"</?[A-Za-z][A-Za-z0-9:-]{{0,20}}{ATTRIBUTES}\s?/?$")
TAG: Final = re.compile(rf"</?[A-Za-z][A-Za-z0-9:-]{{0,20}}{ATTRIBUTES}\s?/?>|<!")
LONGEST_TAG: Final = 84
AMOUNT: Final = re.compile(r"[.$€£¥₹]\d")
MENU_BEFORE: Final = re.compile(r"(?<![\d_.])([^\W\d_][\w\u0900-\u0963-]{0,29})[\"'”’»)」]?[ \u00a0]$")
MENU_BEHIND: Final = re.compile(r"[ \u00a0][\"'“‘«(「]?([^\W_][\w\u0900-\u0963-]{0,29})(?![(_])")


COUNTED: Final = {
    "ja": re.compile(rf"[{load_table('comparisons')['counted']['ja']}]{{1,3}}"),
    "hi": re.compile(rf" {alternation(load_table('comparisons')['counted']['hi'])}(?!\w)"),
}
"""Counters and nouns between a number and the following comparison."""


def read_comparison(context: Context, position: int) -> Reading | None:
    """Read a comparison sign between values; brackets and marks of quoted lines are silent."""
    character = context.text[position]
    heart = _read_heart(context, position) if character == "<" else None
    arrow = ARROW.match(context.text, position) if character in "<=-" else None
    if heart or arrow:
        return heart or Reading(arrow.end() if arrow else position, _say_arrow(context, arrow[0] if arrow else ""))
    match = OPERATOR.match(context.text, position)
    if not match:
        return None
    sign = load_table("comparisons")["signs"].get(match[0], match[0])
    if match[0] == ">" and _is_menu_path(context, position):
        return Reading(match.end(), context.language.menu_pause)
    if not _is_compared(context, match):
        return Reading(match.end(), " ") if character in "<>" or match[0].startswith("==") else None
    return _say(context, sign, match.end())


def _say_arrow(context: Context, arrow: str) -> str:
    return context.language.signs["→"] if arrow.endswith(">") and not arrow.startswith("<") else " "


def _read_heart(context: Context, position: int) -> Reading | None:
    """<3 at the end of a text or sentence, or after I and you."""
    match = HEART.match(context.text, position)
    if not match or context.character(position - 1).isalnum():
        return None
    is_loved = context.word_before(position).lower() in HEART_SUBJECTS
    is_lone = LONE.match(context.text, match.end()) is not None and not context.text[max(0, position - 2) : position].rstrip().endswith(":")
    heart = load_table("comparisons")["hearts"].get(context.language.code)
    return Reading(match.end(), heart) if heart and (is_loved or is_lone) else None


def _say(context: Context, sign: str, end: int) -> Reading | None:
    """Name of the sign, in some languages after the number it compares with."""
    name = context.language.signs.get(sign)
    behind = load_table("comparisons")["behind"].get(context.language.code, {}).get(sign)
    start = end + (context.character(end) == " ")
    if behind and context.character(start).isdigit():
        number = read_money_prefix(context, start) or read_quantity(context, start)
        if number:
            counted = COUNTED[context.language.code].match(context.text, number.end)
            end = counted.end() if counted else number.end
            return Reading(end, f"{number.spoken}{context.text[number.end : end]}{' ' * context.language.has_spaces}{behind}")
    return Reading(end, name) if name is not None else None


def _is_compared(context: Context, match: re.Match[str]) -> bool:
    """True if the operator stands between, or before, comparable values."""
    operator, text = match[0], context.text
    left, right = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 2]
    has_left = left.strip()[-1:].isalnum() or left.strip()[-1:] in LEFT_END
    has_right = right.strip()[:1].isalnum() or right.strip()[:1] in RIGHT_START
    if not right.strip() or not has_right or (operator not in UNARY and not (left.strip() and has_left)):
        return False
    if operator == "<":
        return _is_less(context, match.start(), before=left[-1:], after=right[:1], has_left=has_left)
    return operator != ">" or _is_greater(context, match, has_left=has_left)


def _is_greater(context: Context, match: re.Match[str], *, has_left: bool) -> bool:
    """True if the sign belongs to no tag or arrow and does not mark a quoted email line."""
    text, start = context.text, match.start()
    before, after = context.character(start - 1), context.character(match.end())
    if before in {"<", ">"} or OPEN_TAG.search(text[max(0, start - LONGEST_TAG) : start]):
        return False
    if before.strip(" \t\u00a0"):
        return has_left and (after.isdigit() or after in RIGHT_START or _is_variable(context, match))
    is_line_start = not text[max(0, start - 2) : start].strip(" \t\u00a0") or before == "\n"
    return after.isdigit() or (not is_line_start and after == " ")


def _is_menu_path(context: Context, position: int) -> bool:
    """True if the sign separates the steps of a menu path: Settings > General, 设置 > 通用."""
    before = MENU_BEFORE.search(context.text[max(0, position - LOOK_BACK) : position])
    behind = MENU_BEHIND.match(context.text, position + 1)
    if not before or not behind:
        return False
    if before[1].lower() in load_table("comparisons")["menus"]:
        return True
    is_caseless = not (before[1].upper() != before[1].lower() or behind[1].upper() != behind[1].lower())
    are_names = before[1] != before[1].lower() and behind[1] != behind[1].lower()
    return len(before[1]) > 1 and len(behind[1]) > 1 and (is_caseless or are_names)


def _is_less(context: Context, position: int, *, before: str, after: str, has_left: bool) -> bool:
    if before == "<" or after in {"<", ">"} or (TAG.match(context.text, position) and not before.isdigit()):
        return False
    if after.isdigit() or (after in RIGHT_START and not before.isalnum()):
        return True
    if after.isspace():
        return has_left and bool(before.isspace() or before.isalnum() or before in LEFT_END)
    is_amount = AMOUNT.match(context.text, position + 1) is not None
    return has_left and before.isalnum() and (after.isalnum() or is_amount)


def _is_variable(context: Context, match: re.Match[str]) -> bool:
    """True if single letters or figures touch the sign on both sides: x>y."""
    return not context.character(match.start() - 2).isalpha() and not context.character(match.end() + 1).isalpha()
