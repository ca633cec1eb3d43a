"""Voices ready to speak: mixes, AdaIN numbers of one's own, pitch."""

import math

import numpy as np
import pytest

from tests.workers.kokoro.voices import stock_voice_file
from workers.kokoro.runtime import KokoroRuntime, Pitch
from workers.kokoro.voice_file import AFFINE_SIZE, KokoroVoice
from workers.kokoro.voices import SpeakableVoice, measure_log_f0, pitch_between, speakable_voice, stock_voice

BELLA, ADAM = {"af_bella": 1.0}, {"am_adam": 1.0}


def test_voice_style_takes_sound_and_prosody_from_two_mixes(runtime: KokoroRuntime) -> None:
    style = SpeakableVoice(BELLA, ADAM).style(runtime, phoneme_count=20)
    assert np.array_equal(style[:128], runtime.mix_styles(BELLA, phoneme_count=20)[:128])
    assert np.array_equal(style[128:], runtime.mix_styles(ADAM, phoneme_count=20)[128:])


def test_voice_without_an_affine_map_takes_that_of_its_style(runtime: KokoroRuntime) -> None:
    style = runtime.mix_styles(BELLA, phoneme_count=20)
    assert np.array_equal(stock_voice("af_bella").affine_of(runtime, style), runtime.affine(style))
    affine = np.full(AFFINE_SIZE, 0.25, np.float32)
    assert np.array_equal(SpeakableVoice(BELLA, BELLA, affine).affine_of(runtime, style), affine)


def test_own_voice_mixed_with_a_stock_voice_lies_between_both(runtime: KokoroRuntime) -> None:
    affine = np.full(AFFINE_SIZE, 0.25, np.float32)
    mixed = speakable_voice(KokoroVoice(BELLA, BELLA, affine), runtime, stock={"am_adam": 0.25})
    style = mixed.style(runtime, phoneme_count=20)
    adam = runtime.affine(runtime.mix_styles(ADAM, phoneme_count=20))
    assert np.allclose(mixed.affine_of(runtime, style), 0.75 * affine + 0.25 * adam, atol=1e-6)
    assert mixed.prosody == {"af_bella": 0.75, "am_adam": 0.25}
    assert mixed.pitch == Pitch()


def test_own_voice_without_an_affine_map_is_mixed_by_style(runtime: KokoroRuntime) -> None:
    mixed = speakable_voice(KokoroVoice({"af_bella": 1.5, "af_sky": -0.5}, BELLA), runtime, stock={"am_adam": 0.5})
    assert mixed == SpeakableVoice({"af_bella": 0.75, "af_sky": -0.25, "am_adam": 0.5}, {"af_bella": 0.5, "am_adam": 0.5})


@pytest.mark.parametrize("stock", [{"am_adam": 1.2}, {"am_adam": -0.1}, {"am_adam": 0.6, "af_sky": 0.6}])
def test_shares_of_a_mix_outside_zero_to_one_are_refused(runtime: KokoroRuntime, stock: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not from 0 to 1"):
        speakable_voice(stock_voice_file("af_bella"), runtime, stock=stock)


def test_pitch_of_an_own_voice_moves_its_prosody_to_the_speakers_mean(runtime: KokoroRuntime) -> None:
    mean, deviation = measure_log_f0(BELLA, runtime)
    assert 150 < math.exp(mean) < 300
    target = (mean - 0.5, deviation)
    voice = speakable_voice(KokoroVoice(BELLA, BELLA, None, target), runtime)
    assert voice.pitch.scale == pytest.approx(1.0)
    assert voice.pitch.offset == pytest.approx(-0.5)
    assert measure_log_f0(ADAM, runtime)[0] < mean - 0.3


def test_pitch_between_two_ranges_is_bounded() -> None:
    assert pitch_between((5.0, 0.2), (5.0, 0.2)) == Pitch(1.0, 0.0)
    assert pitch_between((5.0, 0.2), (4.0, 1.0)) == Pitch(1.33, pytest.approx(4.0 - 1.33 * 5.0))
    assert pitch_between((5.0, 0.2), (4.0, 0.0)) == Pitch(0.75, pytest.approx(4.0 - 0.75 * 5.0))
    assert pitch_between((5.0, 0.0), (5.0, 0.1)).scale == 1.33
