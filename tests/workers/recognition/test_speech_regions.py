"""Probabilities to regions: thresholds, short sounds, speech without silence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from workers.recognition.speech_regions import LONGEST_SECONDS, Region, find_regions, regions_within
from workers.recognition.vad import FRAME_SECONDS

ANY_PROBABILITIES = st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.9]), max_size=60).map(lambda values: np.repeat(values, 20))


def frames(*runs: tuple[float, float]) -> NDArray[np.float32]:
    """Runs of (probability, seconds)."""
    return np.concatenate([np.full(round(seconds / FRAME_SECONDS), probability, np.float32) for probability, seconds in runs])


def found(*runs: tuple[float, float]) -> tuple[Region, ...]:
    probabilities = frames(*runs)
    return find_regions(probabilities, seconds=len(probabilities) * FRAME_SECONDS)


def test_speech_ends_where_it_is_improbable_for_a_while() -> None:
    assert found((0.1, 0.96), (0.9, 1.6), (0.1, 0.96)) == (Region(0.96, 2.56),)
    assert found((0.1, 0.96), (0.9, 1.6), (0.1, 0.16), (0.9, 0.64), (0.1, 0.96)) == (Region(0.96, 3.36),)


def test_speech_between_the_thresholds_continues_but_does_not_begin() -> None:
    assert found((0.45, 0.96), (0.9, 0.96), (0.45, 0.96), (0.1, 0.96)) == (Region(0.96, 2.88),)


def test_a_click_and_a_sound_that_just_passes_are_no_speech() -> None:
    assert found((0.1, 0.96), (0.9, 0.064), (0.1, 0.96)) == ()
    assert found((0.1, 0.96), (0.55, 0.32), (0.1, 0.96)) == ()
    assert found((0.1, 0.96), (0.55, 0.96), (0.1, 0.96)) == (Region(0.96, 1.92),)


def test_speech_at_the_end_ends_with_the_recording() -> None:
    assert find_regions(frames((0.1, 0.96), (0.9, 0.64)), seconds=1.59) == (Region(0.96, 1.59),)


def test_speech_without_a_silence_is_cut_where_it_is_least_probable() -> None:
    first, second = found((0.9, 20.0), (0.5, 0.16), (0.9, 20.0))
    assert first.start == 0.0
    assert first.end == second.start
    assert 20.0 <= first.end <= 20.16
    assert second.end == 40.16


@given(ANY_PROBABILITIES)
def test_regions_ascend_fit_a_window_and_hold_all_that_is_surely_speech(probabilities: NDArray[np.float64]) -> None:
    seconds = len(probabilities) * FRAME_SECONDS
    regions = find_regions(probabilities.astype(np.float32), seconds=seconds)
    edges = [edge for region in regions for edge in (region.start, region.end)]
    assert edges == sorted(edges)
    assert all(0 <= region.start < region.end <= seconds + 1e-3 and region.seconds <= LONGEST_SECONDS + FRAME_SECONDS for region in regions)
    for frame in np.flatnonzero(probabilities > 0.85):
        middle = (frame + 0.5) * FRAME_SECONDS
        assert any(region.start - 1e-3 <= middle <= region.end + 1e-3 for region in regions)


def test_a_piece_has_the_regions_that_begin_in_it() -> None:
    speech = ((0.5, 3.0), (4.0, 9.0), (9.5, 12.0))
    assert regions_within(speech, start=3.5, end=9.5) == (Region(4.0, 9.0),)
