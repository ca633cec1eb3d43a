"""All speaker encoders behind their common interface."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.workers.recognition.clips import RATE, clip, clips, silence
from workers.audio.encoding.resampler import resample
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.speakers import ENCODERS, SpeakerEncoder
from workers.speakers.encoder import trim_silence

EXPECTED = json.loads((Path(__file__).parents[2] / "data" / "speakers" / "embeddings.json").read_text())
"""Embedding of librivox-0870 by each encoder, equal to that of the original program to 1e-4 when it was written."""
EACH = pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)


@EACH
def test_embedding_of_a_known_clip_is_the_stored_vector(encoder: SpeakerEncoder) -> None:
    vector = encoder.embed(clip("librivox-0870"), sample_rate=RATE)
    assert vector.shape == (encoder.size,)
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-4)
    assert float(vector @ EXPECTED[encoder.name]) > 0.995  # processors round the sums of an int8 model differently


@EACH
def test_two_recordings_of_one_speaker_pass_the_threshold_and_two_speakers_do_not(encoder: SpeakerEncoder) -> None:
    reader = encoder.embed(clips(["librivox-0880", "librivox-0890"]), sample_rate=RATE)
    again = encoder.embed(clip("librivox-0930"), sample_rate=RATE)
    other = encoder.embed(clips(["dhd-something", "dhd-numbers"]), sample_rate=RATE)
    assert float(reader @ again) > encoder.same_speaker > float(reader @ other)


@EACH
def test_silence_around_the_speech_and_its_sample_rate_hardly_change_the_vector(encoder: SpeakerEncoder) -> None:
    sound = trim_silence(clip("librivox-0870"))
    padded = np.concatenate([silence(1), sound, silence(2)])
    at_48_khz = resample(padded, input_rate=RATE, output_rate=48_000)
    assert float(encoder.embed(sound, sample_rate=RATE) @ encoder.embed(at_48_khz, sample_rate=48_000)) > 0.97


@EACH
@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.ones(1, np.float32), silence(1)], ids=["empty", "one sample", "silence"])
def test_a_recording_without_sound_raises_a_value_error(encoder: SpeakerEncoder, samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no sound"):
        encoder.embed(samples, sample_rate=RATE)


@EACH
def test_a_sound_of_thirty_milliseconds_has_a_finite_vector(encoder: SpeakerEncoder) -> None:
    vector = encoder.embed(clip("librivox-0870")[RATE : RATE + 480], sample_rate=RATE)
    assert np.isfinite(vector).all()


@EACH
def test_windows_are_embedded_row_by_row_in_their_order(encoder: SpeakerEncoder) -> None:
    sound = clip("librivox-0870")
    first, second = sound[RATE : RATE + 25_600], sound[3 * RATE : 3 * RATE + 25_600]
    rows = encoder.embed_windows([first, second])
    assert np.allclose(rows[0], encoder.embed_windows([first])[0], atol=1e-3)
    assert np.allclose(rows[1], encoder.embed_windows([second])[0], atol=1e-3)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert encoder.embed_windows([]).shape == (0, encoder.size)


@EACH
def test_missing_weights_name_the_command_that_downloads_them(
    encoder: SpeakerEncoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert encoder.is_available()
    encoder.unload()
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    assert not encoder.is_available()
    with pytest.raises(WorkError, match=f"ttsai models pull {encoder.weights[0]}") as raised:
        encoder.load()
    assert raised.value.code == ENGINE_UNAVAILABLE
