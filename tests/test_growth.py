"""The measure of growth itself."""

import re

import pytest

from tests.growth import assert_linear


def test_linear_work_passes_the_measure_of_growth() -> None:
    assert_linear(lambda size: lambda: sum(range(20 * size)), size=32_000)


def test_quadratic_work_fails_the_measure_of_growth() -> None:
    with pytest.raises(AssertionError, match="16 times the input took"):
        assert_linear(lambda size: lambda: re.search(r"a*b", "a" * size), size=24_000)
