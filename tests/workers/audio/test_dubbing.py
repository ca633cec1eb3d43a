"""Spoken subtitles on their times."""

import numpy as np
import pytest

from workers.audio.dubbing import CueTrack
from workers.audio.samples import SynthesisedAudio
from workers.contract.dubbing import FASTEST_FIT, Cue, SpokenCue
from workers.contract.speech import WordTiming

RATE = 16_000


def tone(seconds: float, *words: WordTiming) -> SynthesisedAudio:
    return SynthesisedAudio((0.3 * np.sin(np.arange(round(seconds * RATE)) * 0.1)).astype(np.float32), RATE, words)


def cue(start: float, end: float) -> Cue:
    return Cue(start, end, 0, 5)


def test_speech_that_fits_its_interval_begins_on_its_time_unchanged() -> None:
    track = CueTrack(RATE, start_seconds=10.0)
    placed, times = track.place(tone(1.0, WordTiming("words", 0.1, 0.9, 0, 5)), cue=cue(10.5, 12.0))
    assert times == SpokenCue(10.5, 12.0, 0.5, 1.5, 1.0)
    assert (len(placed.samples), np.abs(placed.samples[: RATE // 2]).max()) == (1.5 * RATE, 0.0)
    assert placed.words == (WordTiming("words", 0.6, 1.4, 0, 5),)


def test_speech_that_is_too_long_is_spoken_faster_to_fit() -> None:
    placed, times = CueTrack(RATE, start_seconds=0.0).place(tone(1.5, WordTiming("words", 0.75, 1.5, 0, 5)), cue=cue(0.0, 1.2))
    assert times == SpokenCue(0.0, 1.2, 0.0, 1.2, 1.25)
    assert len(placed.samples) == 1.2 * RATE
    assert placed.words == (WordTiming("words", 0.6, 1.2, 0, 5),)


def test_speech_that_cannot_fit_overruns_and_delays_the_next_which_catches_up() -> None:
    track = CueTrack(RATE, start_seconds=0.0)
    _, long = track.place(tone(4.0), cue=cue(0.0, 1.0))
    assert (long.speed, long.spoken_end) == (FASTEST_FIT, 2.5)
    placed, following = track.place(tone(0.6), cue=cue(1.0, 3.0))
    assert following == SpokenCue(1.0, 3.0, 2.5, pytest.approx(3.0), 1.2)
    assert len(placed.samples) == 0.5 * RATE


def test_subtitles_without_words_leave_silence_up_to_their_start() -> None:
    placed, times = CueTrack(RATE, start_seconds=0.0).place(tone(0.0), cue=cue(2.0, 3.0))
    assert (len(placed.samples), times.spoken_end) == (2 * RATE, 2.0)


def test_only_overruns_that_are_heard_are_reported() -> None:
    spoken = [SpokenCue(0.0, 1.0, 0.0, end, 1.6) for end in (0.9, 1.04, 1.25)]
    assert [one.overrun_seconds for one in spoken] == [0.0, 0.0, 0.25]
