"""Stretches of words, sounds and silence, and their places on the time of the converted audio."""

import itertools

import numpy as np
import pytest

from workers.contract.conversion import CONVERSION_RATE
from workers.contract.transcription import TranscriptWord
from workers.conversion.stretches import LevelTrack, Stretch, cut_sound, plan_stretches
from workers.conversion.timeline import HALF_OVERLAP, Timeline

RATE = CONVERSION_RATE


def levels(*loud: tuple[float, float], seconds: float) -> LevelTrack:
    """Track of a recording with a tone between the given times."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    for start, end in loud:
        samples[round(start * RATE) : round(end * RATE)] = 0.1
    return LevelTrack(samples, start=0.0)


def words(*spans: tuple[float, float]) -> list[TranscriptWord]:
    return [TranscriptWord(f" w{number}", start, end) for number, (start, end) in enumerate(spans)]


def kinds(stretches: list[Stretch]) -> list[tuple[str, str]]:
    return [(stretch.kind, stretch.text) for stretch in stretches]


def check_tiling(stretches: list[Stretch], start: float, end: float) -> None:
    assert (stretches[0].start, stretches[-1].end) == (start, end)
    assert all(before.end == after.start for before, after in itertools.pairwise(stretches))


def test_words_become_utterances_at_pauses_and_pauses_become_silence() -> None:
    track = levels((1.0, 2.0), (4.0, 5.0), seconds=7)
    found = plan_stretches(words((1.0, 1.4), (1.5, 2.0), (4.0, 5.0)), start=0.0, end=7.0, levels=track, level=-20.0)
    assert kinds(found) == [("silence", ""), ("words", "w0 w1"), ("silence", ""), ("words", "w2"), ("silence", "")]
    check_tiling(found, 0.0, 7.0)
    assert (found[1].start, found[1].end) == (0.85, 2.15)


def test_a_loud_gap_between_words_is_a_sound_of_its_own() -> None:
    track = levels((0.0, 7.0), seconds=7)
    found = plan_stretches(words((0.1, 1.0), (5.0, 6.9)), start=0.0, end=7.0, levels=track, level=-20.0)
    assert kinds(found) == [("words", "w0"), ("sound", ""), ("words", "w1")]


def test_utterances_without_a_gap_meet_at_the_quietest_moment() -> None:
    track = levels((0.0, 1.2), (1.3, 3.0), seconds=3)
    found = plan_stretches(words((0.0, 1.0), (1.4, 3.0)), start=0.0, end=3.0, levels=track, level=-20.0)
    assert kinds(found) == [("words", "w0"), ("words", "w1")]
    assert found[0].end == pytest.approx(1.25, abs=0.03)


def test_a_long_utterance_is_divided_at_its_longest_pause() -> None:
    spans = [(number * 1.0, number * 1.0 + (0.7 if number == 6 else 0.9)) for number in range(12)]
    found = plan_stretches(words(*spans), start=0.0, end=12.0, levels=levels((0.0, 12.0), seconds=12), level=-20.0)
    assert [stretch.text.split()[0] for stretch in found] == ["w0", "w7"]
    check_tiling(found, 0.0, 12.0)


def test_words_of_other_pieces_are_left_out() -> None:
    track = levels((0.0, 10.0), seconds=10)
    found = plan_stretches(words((1.0, 2.0), (4.9, 5.4), (8.0, 9.0)), start=0.0, end=5.0, levels=track, level=-20.0)
    assert [stretch.text for stretch in found if stretch.kind == "words"] == ["w0"]


def test_words_of_languages_without_spaces_are_joined_directly() -> None:
    track = levels((0.0, 2.0), seconds=2)
    found = plan_stretches(words((0.0, 0.9), (1.0, 2.0)), start=0.0, end=2.0, levels=track, level=-20.0, separator="")
    assert kinds(found) == [("words", "w0w1")]


def test_a_long_sound_is_cut_at_quiet_moments() -> None:
    track = levels((0.0, 8.0), (8.1, 25.0), seconds=25)
    found = list(cut_sound(0.0, 25.0, levels=track))
    check_tiling(found, 0.0, 25.0)
    assert found[0].end == pytest.approx(8.05, abs=0.03)
    assert max(stretch.end - stretch.start for stretch in found) <= 10.0


@pytest.mark.parametrize("tempo", [0.5, 1.0, 1.3, 2.0])
def test_stretches_of_one_sound_join_without_a_seam_at_any_pace(tempo: float) -> None:
    seconds, bounds = 3.0, (0.0, 0.4, 0.41, 2.0, 3.0)
    whole = np.sin(np.arange(round(seconds * RATE / tempo)) / 20).astype(np.float32)
    joined = []
    for start, end in ((0.0, 2.0), (2.0, 3.0)):
        timeline = Timeline(tempo=tempo, start=start, end=end, seconds=seconds)
        inner = [bound for bound in bounds if start <= bound <= end]
        blocks = []
        for first, last in itertools.pairwise(inner):
            span = timeline.span(first, last)
            blocks.append(timeline.add(whole[span[0] : span[1]], start=first, end=last))
        joined.append(np.concatenate(blocks))
    assert len(joined[0]) + len(joined[1]) == len(whole) + 2 * HALF_OVERLAP
    np.testing.assert_allclose(joined[0], whole[: len(joined[0])], atol=1e-6)
    np.testing.assert_allclose(joined[1], whole[-len(joined[1]) :], atol=1e-6)
