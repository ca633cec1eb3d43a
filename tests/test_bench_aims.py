"""Aims of `make bench`: each is a comparison with a number, by which a figure is met or missed."""

import pytest

from tests.bench.__main__ import AIMS, COMPARISONS, is_met, report


def test_every_aim_of_the_bench_is_a_comparison_with_a_number() -> None:
    for name, aim in AIMS.items():
        words, _, bound = aim.rpartition(" ")
        assert words in COMPARISONS, name
        assert float(bound) > 0, name


@pytest.mark.parametrize(
    ("value", "aim", "is_expected"),
    [(1.3, "at most 1.3", True), (1.31, "at most 1.3", False), (0.95, "at least 0.95", True), (60.0, "under 60", False)],
)
def test_figure_is_compared_with_the_bound_of_its_aim(value: float, aim: str, is_expected: bool) -> None:
    assert is_met(value, aim) is is_expected


def test_bench_exits_with_status_1_once_an_aim_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    met = {"page_p95_ms": 99.0, "a figure without an aim": 1e6}
    assert report(met) == 0
    assert "MISSED" not in capsys.readouterr().out
    assert report(met | {"page_kilobytes": 300.0}) == 1
    assert capsys.readouterr().out.count("MISSED") == 1
