"""Windows: full, ordered, mapped to the recording's time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from workers.recognition.cuts import choose_cuts
from workers.recognition.speech_regions import Region
from workers.recognition.windows import MARGIN_SECONDS, pack_windows, split_window

GAPS = st.sampled_from([0.0, 0.25, 0.5, 1.0, 7.0, 40.0])
LENGTHS = st.sampled_from([0.1, 0.7, 3.0, 12.0, 26.0])
SHAPES = st.lists(st.tuples(GAPS, LENGTHS), max_size=30)


def regions_of(shapes: list[tuple[float, float]]) -> tuple[tuple[Region, ...], float]:
    """Regions with these silences before them, and the recording's duration."""
    time, regions = 0.5, []
    for gap, length in shapes:
        regions.append(Region(time + gap, time + gap + length))
        time += gap + length
    return tuple(regions), time + 1.0


@given(SHAPES)
def test_every_region_is_in_one_window_and_no_window_is_too_long(shapes: list[tuple[float, float]]) -> None:
    regions, seconds = regions_of(shapes)
    windows = pack_windows(regions, window_seconds=30, seconds=seconds)
    assert tuple(region for window in windows for region in window.regions) == regions
    for window in windows:
        assert window.seconds <= 30 + 1e-6
        edges = [edge for stretch in window.stretches for edge in (stretch.start, stretch.end)]
        assert edges == sorted(edges)
        assert edges[0] >= 0
        assert edges[-1] <= seconds


@given(SHAPES, st.floats(0, 1))
def test_a_time_in_a_window_is_a_time_of_the_recording_and_back(shapes: list[tuple[float, float]], share: float) -> None:
    regions, seconds = regions_of(shapes)
    for window in pack_windows(regions, window_seconds=30, seconds=seconds):
        time = share * window.seconds
        assert window.window_time(window.recording_time(time)) == pytest.approx(time, abs=1e-6)
        assert window.window_time(window.recording_time(time, is_end=True)) == pytest.approx(time, abs=1e-6)


def test_a_long_silence_shrinks_to_the_margins_and_a_short_one_stays() -> None:
    regions = (Region(1.0, 2.0), Region(2.4, 3.0), Region(20.0, 21.0))
    (window,) = pack_windows(regions, window_seconds=30, seconds=30)
    edges = [edge for stretch in window.stretches for edge in (stretch.start, stretch.end)]
    assert edges == pytest.approx([0.7, 2.2, 2.2, 3.3, 19.7, 21.3])
    assert window.seconds == pytest.approx(1.5 + 1.1 + 1.6)
    assert window.recording_time(2.55) == pytest.approx(3.25)
    assert window.recording_time(2.65) == pytest.approx(19.75)


def test_around_a_cut_in_speech_both_sides_are_heard() -> None:
    first, second = pack_windows((Region(1.0, 25.0), Region(25.0, 40.0)), window_seconds=30, seconds=60)
    assert (first.is_cut_before, first.is_cut_after, second.is_cut_before, second.is_cut_after) == (False, True, True, False)
    assert first.stretches == (Region(0.7, 26.0),)
    assert second.stretches == (Region(24.0, 40.0 + MARGIN_SECONDS),)
    assert (first.start, first.end) == (1.0, 25.0)


def test_a_piece_hears_beyond_its_cuts_as_the_whole_does() -> None:
    whole = pack_windows((Region(1.0, 25.0), Region(25.0, 40.0)), window_seconds=30, seconds=60)
    (piece,) = pack_windows((Region(25.0, 40.0),), window_seconds=30, seconds=60, before=25.0)
    assert piece == whole[1]


def test_halves_of_a_window_share_its_speech_and_keep_its_ends() -> None:
    regions = (Region(1.0, 2.0), Region(3.0, 4.0), Region(4.2, 6.2), Region(9.0, 10.0))
    (window,) = pack_windows(regions, window_seconds=30, seconds=10.0, before=0.8)
    first, second = split_window(window, window_seconds=30, seconds=10.0)
    assert (first.regions, second.regions) == (regions[:2], regions[2:])
    assert [(one.start, one.end) for one in first.stretches] == [pytest.approx((0.9, 2.3)), pytest.approx((2.7, 4.1))]
    assert [(one.start, one.end) for one in second.stretches] == [pytest.approx((4.1, 6.5)), pytest.approx((8.7, 10.0))]
    assert not any((first.is_cut_before, first.is_cut_after, second.is_cut_before, second.is_cut_after))


def test_halves_of_a_window_that_was_cut_in_speech_hear_beyond_the_cut() -> None:
    (window,) = pack_windows((Region(20.0, 21.0), Region(22.0, 23.0)), window_seconds=30, seconds=60, before=20.0, after=23.0)
    first, second = split_window(window, window_seconds=30, seconds=60)
    assert (first.is_cut_before, first.is_cut_after, second.is_cut_before, second.is_cut_after) == (True, False, False, True)
    assert (first.stretches, second.stretches) == ((Region(19.0, 21.3),), (Region(21.7, 24.0),))


@given(SHAPES.filter(lambda shapes: len(shapes) > 1))
def test_halves_of_a_window_each_hold_speech(shapes: list[tuple[float, float]]) -> None:
    regions, seconds = regions_of(shapes)
    for window in pack_windows(regions, window_seconds=30, seconds=seconds):
        if len(window.regions) > 1:
            first, second = split_window(window, window_seconds=30, seconds=seconds)
            assert (*first.regions, *second.regions) == window.regions
            assert first.regions
            assert second.regions


def test_a_window_reads_its_stretches_one_after_the_other() -> None:
    (window,) = pack_windows((Region(1.0, 2.0), Region(10.0, 11.0)), window_seconds=30, seconds=30)

    def read(start: float, end: float) -> NDArray[np.int16]:
        return np.arange(round(start * 10), round(end * 10), dtype=np.int16)

    assert window.read(read).tolist() == [*range(7, 23), *range(97, 113)]


@given(SHAPES, st.integers(1, 12))
def test_cuts_ascend_and_leave_every_window_whole(shapes: list[tuple[float, float]], pieces: int) -> None:
    regions, seconds = regions_of(shapes)
    windows = pack_windows(regions, window_seconds=30, seconds=seconds)
    cuts = choose_cuts(windows, pieces=pieces, seconds=seconds)
    assert len(cuts) == pieces + 1
    assert list(cuts) == sorted(cuts)
    assert (cuts[0], cuts[-1]) == (0.0, pytest.approx(seconds))
    for cut in cuts[1:-1]:
        assert not any(window.start + 1e-3 < cut < window.end - 1e-3 for window in windows)


def test_cuts_lie_near_their_nominal_places() -> None:
    regions = tuple(Region(start + 0.5, start + 6.0) for start in range(0, 3600, 6))
    cuts = choose_cuts(pack_windows(regions, window_seconds=30, seconds=3600), pieces=30, seconds=3600)
    assert max(abs(cut - 120 * index) for index, cut in enumerate(cuts)) <= 15


def test_pieces_of_a_recording_without_speech_are_equal() -> None:
    assert choose_cuts((), pieces=4, seconds=100) == (0.0, 25.0, 50.0, 75.0, 100.0)
