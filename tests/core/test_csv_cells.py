"""Cells of CSV files: no spreadsheet computes them, and they are read back as they were."""

import pytest

from apps.core.csv_cells import guard_formula, unguard_formula


@pytest.mark.parametrize("text", ["=1+1", "+4930", "-5", "@sum", "\tx", "'=1", "''@x"])
def test_text_like_a_formula_is_guarded_and_read_back(text: str) -> None:
    assert guard_formula(text) == f"'{text}"
    assert unguard_formula(guard_formula(text)) == text


@pytest.mark.parametrize("text", ["", "word", "'tis", "''", "a=b", "5-4"])
def test_plain_text_stays_as_it_is_both_ways(text: str) -> None:
    assert (guard_formula(text), unguard_formula(text)) == (text, text)
