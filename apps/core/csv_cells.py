"""Cells of CSV files that a spreadsheet shows instead of computing them."""

from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
GUARD: Final = "'"


def guard_formula(text: str) -> str:
    """The text, with an apostrophe before one that a spreadsheet would compute, or that begins like a guarded one."""
    return f"{GUARD}{text}" if _begins_like_a_formula(text.lstrip(GUARD)) else text


def unguard_formula(cell: str) -> str:
    """The text that `guard_formula` wrote as this cell."""
    return cell[1:] if cell.startswith(GUARD) and _begins_like_a_formula(cell.lstrip(GUARD)) else cell


def _begins_like_a_formula(text: str) -> bool:
    return text.startswith(FORMULA_STARTS)
