"""Speakers of recordings: with the real models, and the arithmetic on made-up spans."""

import itertools

import numpy as np
import pytest

from tests.workers.recognition.clips import RATE, clip, clips, music, noise, silence
from workers.audio.encoding.resampler import resample
from workers.speakers import find_speakers
from workers.speakers.spans import VoiceSpan, find_spans
from workers.speakers.turns import SpeakerTurn, join_turns, label_spans, overlap_seconds

VOICES = np.eye(192, dtype=np.float32)


def span(voice: int, start: float, end: float) -> VoiceSpan:
    return VoiceSpan(start, end, VOICES[voice], end - start)


def test_spans_of_one_voice_become_one_turn_and_pauses_divide_it() -> None:
    spans = [span(0, 0.0, 1.5), span(0, 1.5, 3.0), span(1, 3.2, 5.2), span(0, 6.0, 8.0)]
    assert join_turns(spans, speakers=0) == [SpeakerTurn(0.0, 3.0, 0), SpeakerTurn(3.2, 5.2, 1), SpeakerTurn(6.0, 8.0, 0)]


def test_overlapping_spans_of_two_voices_are_overlapping_turns() -> None:
    turns = join_turns([span(0, 0.0, 3.0), span(1, 2.0, 5.0)], speakers=2)
    assert turns == [SpeakerTurn(0.0, 3.0, 0), SpeakerTurn(2.0, 5.0, 1)]
    assert overlap_seconds(turns) == pytest.approx(1.0)
    assert overlap_seconds([]) == 0.0


def test_a_slightly_odd_span_inside_a_turn_keeps_the_speaker() -> None:
    odd = (0.55 * VOICES[1] + 0.5 * VOICES[0]) / np.linalg.norm([0.55, 0.5])
    chain = [span(0, 0.0, 1.5), VoiceSpan(1.5, 3.0, odd.astype(np.float32), 1.5), span(0, 3.0, 4.5)]
    alone = [span(0, 0.0, 1.5), VoiceSpan(2.0, 3.5, odd.astype(np.float32), 1.5), span(0, 4.0, 5.5)]
    others = [span(1, 10.0, 12.0), span(1, 13.0, 15.0)]
    assert label_spans([*chain, *others], speakers=2) == [0, 0, 0, 1, 1]
    assert label_spans([*alone, *others], speakers=2) == [0, 1, 0, 1, 1]


def test_no_spans_have_no_turns() -> None:
    assert join_turns([], speakers=3) == []


def test_two_speakers_with_an_overlap_are_found_with_their_times() -> None:
    reader, other = clip("librivox-0870"), clip("dhd-numbers")
    both = reader[2 * RATE : 5 * RATE] + other[: 3 * RATE]
    found = find_speakers(np.concatenate([reader, silence(0.3), other, silence(0.5), both]), sample_rate=RATE)
    assert found.count == 2
    first, second = found.turns[:2]
    assert (first.start, first.end) == pytest.approx((0.3, 6.8), abs=0.3)
    assert (second.start, second.end) == pytest.approx((7.8, 10.7), abs=0.4)
    assert (first.speaker, second.speaker) == (0, 1)
    assert {turn.speaker for turn in found.turns[2:]} == {0, 1}
    assert 0.3 < found.overlap_seconds < 3


def test_one_reader_at_another_sample_rate_is_one_speaker() -> None:
    sound = resample(clips(["librivox-0880", "librivox-0890", "librivox-0930"]), input_rate=RATE, output_rate=44_100)
    found = find_speakers(sound, sample_rate=44_100)
    assert found.count == 1
    assert found.seconds[0] > 0.7 * len(sound) / 44_100
    assert found.overlap_seconds < 0.5


@pytest.mark.parametrize("samples", [silence(2), silence(0), noise(3, level=0.05), music(4)], ids=["silence", "empty", "noise", "music"])
def test_recordings_without_speech_have_no_speaker(samples: np.ndarray) -> None:
    found = find_speakers(samples, sample_rate=RATE)
    assert (found.count, found.turns, found.seconds) == (0, (), ())


def test_spans_are_short_and_connected_ones_share_their_edges() -> None:
    spans = find_spans(clip("librivox-0870"))
    assert all(0.1 < one.end - one.start < 3 and 0 < one.clear_seconds <= 2 for one in spans)
    assert sum(later.start == earlier.end for earlier, later in itertools.pairwise(spans)) >= 2
    assert np.linalg.norm([one.vector for one in spans], axis=1) == pytest.approx(np.ones(len(spans)), abs=1e-3)
