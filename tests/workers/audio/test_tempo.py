"""Division of a speed between model and stretching, and stretching at constant pitch."""

import numpy as np
import pytest

from tests.workers.audio.signals import RATE, tone
from workers.audio.tempo import change_tempo, split_speed

RATES = {0.6: 0.6, 0.8: 0.84, 1.0: 1.0}


@pytest.mark.parametrize(
    ("speed", "model_speed", "tempo"),
    [(1.0, 1.0, 1.0), (0.8, 0.8, 0.8 / 0.84), (0.9, 0.9, 0.9 / 0.92), (0.25, 0.6, 0.25 / 0.6), (3.0, 1.0, 3.0)],
)
def test_speed_is_split_between_model_and_time_stretching(speed: float, model_speed: float, tempo: float) -> None:
    assert split_speed(speed, rates=RATES) == (model_speed, pytest.approx(tempo))


@pytest.mark.parametrize("tempo", [0.25, 0.5, 0.9, 1.0, 1.3, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("hertz", [110.0, 220.0])
def test_length_follows_the_tempo_and_the_pitch_stays(tempo: float, hertz: float) -> None:
    sound = change_tempo(tone(4.0, hertz=hertz), sample_rate=RATE, tempo=tempo)
    assert len(sound) == round(4 * RATE / tempo)
    middle = sound[len(sound) // 4 : -len(sound) // 4]
    assert np.argmax(np.abs(np.fft.rfft(middle, 8 * RATE))) / 8 == pytest.approx(hertz, rel=0.01)
    assert len(change_tempo(np.zeros(0, np.float32), sample_rate=RATE, tempo=tempo)) == 0
