"""Folders with VITS models: contents, symbols of a text, samples and symbol durations."""

from pathlib import Path

import numpy as np
import pytest

from workers.contract.errors import WorkError
from workers.vits.folder import find_voices, read_tokens
from workers.vits.model import VitsModel
from workers.vits.speaking import speak_with, speakers_of
from workers.vits.symbols import symbols_of


def test_a_piper_folder_is_read_whole(piper_folder: Path) -> None:
    (voice,) = find_voices(piper_folder)
    assert (voice.name, voice.language, voice.sample_rate, voice.espeak_voice) == ("es_ES-test-low", "es-es", 16000, "es")
    assert (voice.noise_scale, voice.noise_width, voice.length_scale) == (0.5, 0.25, 1.0)
    assert voice.symbols["ˈ"] == (6,)


def test_a_sherpa_folder_is_read_whole(sherpa_folder: Path) -> None:
    (voice,) = find_voices(sherpa_folder)
    assert (voice.name, voice.language, voice.sample_rate, voice.espeak_voice) == ("model", "en", 16000, "")
    assert voice.lexicon == {"hi": ("HH", "AY")}
    assert voice.speakers == {"0": 0, "1": 1}
    assert (voice.has_padding, voice.has_ends) == (True, False)


def test_phonemes_are_padded_and_enclosed_as_piper_does(piper_folder: Path) -> None:
    (voice,) = find_voices(piper_folder)
    run = symbols_of("Sol.", voice)
    assert run.ids == (1, 0, 5, 0, 6, 0, 7, 0, 8, 0, 4, 0, 2)
    assert [(word.first, word.end, word.start_character, word.end_character) for word in run.words] == [(2, 10, 0, 3)]


def test_a_lexicon_gives_the_symbols_and_unknown_words_their_letters(sherpa_folder: Path) -> None:
    (voice,) = find_voices(sherpa_folder)
    run = symbols_of("Hi, a.", voice)
    assert run.ids == (0, 1, 0, 2, 0, 5, 0, 4, 0)
    assert [(word.first, word.end) for word in run.words] == [(1, 5), (5, 7)]


def test_the_seconds_of_each_symbol_come_from_the_graph(piper_folder: Path) -> None:
    (voice,) = find_voices(piper_folder)
    run = symbols_of("sol", voice)
    samples, starts = VitsModel(voice).speak(run.ids, speed=1.0, speaker=0)
    assert starts is not None
    assert len(samples) == 100 * sum(run.ids)
    assert np.allclose(starts, np.concatenate([[0], np.cumsum(run.ids)]) * 100 / 16000)


def test_twice_the_speed_takes_about_half_the_time(piper_folder: Path) -> None:
    (voice,) = find_voices(piper_folder)
    run = symbols_of("sol", voice)
    model = VitsModel(voice)
    slow, _ = model.speak(run.ids, speed=1.0, speaker=0)
    fast, _ = model.speak(run.ids, speed=2.0, speaker=0)
    assert len(fast) == 100 * sum(-(-number // 2) for number in run.ids) < len(slow)


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5, 2.0, 4.0])
def test_a_sentence_takes_exactly_as_long_as_its_speed_says(piper_folder: Path, speed: float) -> None:
    """True although the model rounds up the duration of each symbol."""
    (voice,) = find_voices(piper_folder)
    (speaker,) = speakers_of(voice, voice_id="test", name="Test")
    model = VitsModel(voice)
    normal, other = (speak_with(model, speaker, text="sol", speed=asked) for asked in (1.0, speed))
    assert len(other.samples) == round(len(normal.samples) / speed)
    assert [(word.start, word.end) for word in other.words] == [
        (pytest.approx(word.start / speed, abs=1e-3), pytest.approx(word.end / speed, abs=1e-3)) for word in normal.words
    ]


def test_a_text_without_any_symbol_is_refused(piper_folder: Path) -> None:
    (voice,) = find_voices(piper_folder)
    with pytest.raises(WorkError) as refused:
        symbols_of("🙂", voice)
    assert refused.value.code == "nothing_to_say"


def test_a_broken_configuration_names_its_model(piper_folder: Path) -> None:
    (piper_folder / "es_ES-test-low.onnx.json").write_text("{")
    with pytest.raises(WorkError, match="es_ES-test-low") as refused:
        find_voices(piper_folder)
    assert refused.value.code == "engine_unavailable"


def test_a_file_that_is_no_model_is_refused(piper_folder: Path) -> None:
    (voice,) = find_voices(piper_folder)
    voice.model.write_bytes(b"not a model")
    with pytest.raises(WorkError) as refused:
        VitsModel(voice)
    assert refused.value.code == "engine_unavailable"


def test_the_space_is_a_symbol(tmp_path: Path) -> None:
    (tmp_path / "tokens.txt").write_text("  3\na 5\n", encoding="utf-8")
    assert read_tokens(tmp_path / "tokens.txt") == {" ": (3,), "a": (5,)}
