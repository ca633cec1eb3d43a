"""Cutting points of long recordings."""

import itertools
import random

import pytest

from workers.recognition.align.plan import LONGEST_SECONDS, plan_stretches
from workers.recognition.align.text_mapping import Piece


def recording(*, sentences: int, seed: int, pace: float = 0.06) -> tuple[list[Piece], list[tuple[float, float]], list[float], float]:
    """Sentences of 20 to 160 letters read at an uneven pace, with pauses inside and between: pieces, speech, sentence starts, seconds."""
    chance = random.Random(seed)
    pieces, speech, starts, at, position = [], [], [], 0.2, 0
    for _ in range(sentences):
        letters = chance.randint(20, 160)
        pieces.append(Piece(position, position + letters, letters))
        position += letters
        starts.append(at)
        spoken = letters * pace * chance.uniform(0.85, 1.15)
        for clause in range(count := max(1, letters // 50)):
            speech.append((at, at + spoken / count))
            at += spoken / count + (chance.uniform(0.2, 0.3) if clause < count - 1 else chance.uniform(0.35, 0.6))
    return pieces, speech, starts, at


def test_a_short_recording_is_one_stretch() -> None:
    (only,) = plan_stretches([Piece(0, 5, 5), Piece(5, 9, 4)], speech=[(0.1, 2.0)], seconds=20.0)
    assert (only.start_character, only.end_character, only.start, only.end) == (0, 9, 0.0, 20.0)


@pytest.mark.parametrize("seed", range(8))
def test_cuts_lie_between_the_sentences_that_they_part(seed: int) -> None:
    pieces, speech, starts, seconds = recording(sentences=150, seed=seed)
    stretches = plan_stretches(pieces, speech=speech, seconds=seconds)
    assert stretches[0].start == 0
    assert stretches[-1].end == seconds
    assert all(stretch.end - stretch.start <= LONGEST_SECONDS for stretch in stretches)
    for left, right in itertools.pairwise(stretches):
        assert (left.end, left.end_character) == (right.start, right.start_character)
    first_of = {piece.start: start for piece, start in zip(pieces, starts, strict=True)}
    wrong = [stretch for stretch in stretches if abs(first_of[stretch.start_character] - stretch.start) > 0.7]
    assert not wrong
    assert len(stretches) < 50


def test_sound_without_silence_is_cut_as_the_text_is_long() -> None:
    pieces = [Piece(100 * number, 100 * number + 100, 100) for number in range(20)]
    stretches = plan_stretches(pieces, speech=[(0.0, 120.0)], seconds=120.0)
    assert [stretch.start_character for stretch in stretches] == [round(stretch.start / 0.06) // 100 * 100 for stretch in stretches]
    assert all(stretch.end - stretch.start <= LONGEST_SECONDS for stretch in stretches)
    assert stretches[-1].end_character == 2000


def test_no_text_or_no_speech_is_no_error() -> None:
    assert plan_stretches([], speech=[(0.0, 50.0)], seconds=60.0) == []
    stretches = plan_stretches([Piece(0, 100, 100), Piece(100, 200, 100)], speech=[], seconds=60.0)
    assert stretches[0].start_character == 0
    assert stretches[-1].end_character == 200
