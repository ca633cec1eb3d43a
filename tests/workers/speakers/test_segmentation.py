"""Speaker segmentation of known recordings."""

import numpy as np

from tests.workers.recognition.clips import RATE, clip, silence
from workers.speakers import SEGMENTATION
from workers.speakers.segmentation import FRAME_SECONDS

EXPECTED_SECONDS = [0.86, 1.0, 1.0]


def frames(start: float, end: float) -> slice:
    return slice(round(start / FRAME_SECONDS), round(end / FRAME_SECONDS))


def test_activity_of_a_known_clip_is_that_of_the_original_model() -> None:
    """pyannote's own program gave these shares of speech in each second of the clip; the graph's output differed by 2e-5 at most."""
    activity = SEGMENTATION.find_activity(clip("dhd-numbers"))
    seconds = [round(float(activity[frames(at, at + 1)].sum(axis=1).mean()), 2) for at in range(3)]
    assert np.allclose(seconds, EXPECTED_SECONDS, atol=0.03)


def test_two_speakers_in_turn_are_two_tracks_and_together_both() -> None:
    reader, other = clip("librivox-0870")[: 3 * RATE], clip("dhd-numbers")[: 3 * RATE]
    gap = silence(0.5)
    activity = SEGMENTATION.find_activity(np.concatenate([reader, gap, other, gap, 0.7 * (reader + other)]))
    first, second, both = (activity[frames(start, start + 2)].mean(axis=0) for start in (0.5, 4.5, 7.5))
    assert first.argmax() != second.argmax()
    assert min(first.max(), second.max()) > 0.7
    assert np.sort(first)[-2] < 0.2
    assert np.sort(both)[-2] > 0.4


def test_silence_and_recordings_without_samples_have_no_activity() -> None:
    assert SEGMENTATION.find_activity(silence(3)).max() < 0.5
    assert SEGMENTATION.find_activity(silence(0)).shape == (1, 3)


def test_a_track_continues_across_the_windows_of_a_long_recording() -> None:
    sound = np.concatenate([clip("librivox-0880"), clip("librivox-0890"), clip("librivox-0920")])
    activity = SEGMENTATION.find_activity(sound)
    assert len(activity) == round(len(sound) / 270)
    shares = activity.sum(axis=0) / activity.sum()
    assert shares.max() > 0.9
