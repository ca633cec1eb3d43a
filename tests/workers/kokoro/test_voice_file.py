"""Voice files: what is written is read back, and hostile bytes are refused with ValueError."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from tests.examples import examples
from tests.workers.kokoro.voices import stock_voice_file
from workers.kokoro.mix_file import write_mix_file
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.kokoro.voice_file import AFFINE_SIZE, LOG_F0_MEANS, METADATA_KEY, MOST_BYTES, WEIGHTS_VERSION, KokoroVoice


@st.composite
def mixes(draw: st.DrawFn) -> dict[str, float]:
    """Weights of one to five voices that add up to 1, some of them negative."""
    voices = draw(st.lists(st.sampled_from(STOCK_VOICES), min_size=1, max_size=5, unique=True))
    weights = [draw(st.floats(-1.0, 1.5, width=32)) for _ in voices[1:]]
    return dict(zip(voices, [1.0 - sum(weights), *weights], strict=True))


@st.composite
def kokoro_voices(draw: st.DrawFn) -> KokoroVoice:
    affine = np.random.default_rng(draw(st.integers(0, 9))).normal(size=AFFINE_SIZE).astype(np.float32) if draw(st.booleans()) else None
    log_f0 = draw(st.none() | st.tuples(st.floats(*LOG_F0_MEANS), st.floats(0.0, 1.5)))
    return KokoroVoice(draw(mixes()), draw(mixes()), affine, log_f0)


def voice_bytes(**changed: object) -> bytes:
    """A voice file with changed fields."""
    fields = {"timbre": {"af_bella": 1.0}, "prosody": {"am_adam": 1.0}, "log_f0": None, "version": WEIGHTS_VERSION, **changed}
    return save({}, {METADATA_KEY: json.dumps(fields)})


@given(kokoro_voices())
@settings(max_examples=examples(40))
def test_voice_file_written_and_read_back_is_the_same_voice(voice: KokoroVoice) -> None:
    data = voice.to_bytes()
    read = KokoroVoice.from_bytes(data)
    assert (read.timbre, read.prosody, read.log_f0, read.version) == (voice.timbre, voice.prosody, voice.log_f0, voice.version)
    assert (read.affine is None) == (voice.affine is None)
    if voice.affine is not None:
        assert np.array_equal(read.affine, voice.affine)  # type: ignore[arg-type]
    assert read.to_bytes() == data


@given(st.data())
@settings(max_examples=examples(60))
def test_voice_file_with_changed_bytes_is_read_or_refused_with_value_error(data: st.DataObject) -> None:
    voice = KokoroVoice({"af_bella": 0.5, "am_adam": 0.5}, {"af_bella": 1.0}, None, (5.0, 0.2)).to_bytes()
    changed = bytearray(voice)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(voice) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)))
    try:
        read = KokoroVoice.from_bytes(bytes(changed[:cut]))
    except ValueError:
        return
    assert set(read.timbre) <= set(STOCK_VOICES)


@given(st.binary(max_size=400))
def test_voice_file_of_arbitrary_bytes_is_refused_with_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        KokoroVoice.from_bytes(data)


def test_voice_file_larger_than_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ValueError, match="larger than"):
        KokoroVoice.from_bytes(b"\0" * (MOST_BYTES + 1))


def test_voice_file_whose_header_claims_to_be_huge_is_refused() -> None:
    with pytest.raises(ValueError, match="not a voice file"):
        KokoroVoice.from_bytes((2**63).to_bytes(8, "little") + b"{}" * 50)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"timbre": {}}, "timbre names no voice"),
        ({"timbre": {"xx_nobody": 1.0}}, "unknown voice 'xx_nobody'"),
        ({"timbre": {"af_bella": 0.7}}, "add up to 0.7"),
        ({"timbre": {"af_bella": 9.0, "am_adam": -8.0}}, "timbre of af_bella is 9"),
        ({"timbre": {"af_bella": 10**400}}, "timbre of af_bella is 1000"),
        ({"timbre": [1.0]}, "timbre names no voice"),
        ({"prosody": {"af_bella": "1"}}, "prosody of af_bella is no number"),
        ({"prosody": {"af_bella": True}}, "prosody of af_bella is no number"),
        ({"log_f0": [5.0]}, "log_f0 has 1 numbers"),
        ({"log_f0": 5.0}, "log_f0 is no list"),
        ({"log_f0": [1.0, 0.2]}, "mean of log_f0 is 1"),
        ({"log_f0": [5.0, 2.0]}, "deviation of log_f0 is 2"),
        ({"log_f0": [float("nan"), 0.2]}, "mean of log_f0 is nan"),
        ({"version": "kokoro-2"}, "does not fit"),
    ],
)
def test_voice_file_with_a_field_outside_its_limits_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        KokoroVoice.from_bytes(voice_bytes(**changed))


@pytest.mark.parametrize("metadata", [{}, {METADATA_KEY: "[]"}, {METADATA_KEY: "{"}, {METADATA_KEY: "[" * 60_000}, {"other": "{}"}])
def test_voice_file_without_a_description_of_a_voice_is_refused(metadata: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not a voice file"):
        KokoroVoice.from_bytes(save({}, metadata))


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"affine": np.zeros(5, np.float32)}, "not F32"),
        ({"affine": np.zeros(AFFINE_SIZE, np.int32)}, "not F32"),
        ({"affine": np.zeros((2, AFFINE_SIZE // 2), np.float32)}, "not F32"),
        ({"other": np.zeros(3, np.float32)}, "one tensor at most"),
        ({"affine": np.full(AFFINE_SIZE, np.nan, np.float32)}, "not finite"),
        ({"affine": np.full(AFFINE_SIZE, 1e6, np.float32)}, "not finite or beyond"),
    ],
)
def test_voice_file_with_other_tensors_than_a_sound_affine_is_refused(tensors: dict[str, np.ndarray], message: str) -> None:  # type: ignore[type-arg]
    fields = {"timbre": {"af_bella": 1.0}, "prosody": {"af_bella": 1.0}, "log_f0": None, "version": WEIGHTS_VERSION}
    with pytest.raises(ValueError, match=message):
        KokoroVoice.from_bytes(save(tensors, {METADATA_KEY: json.dumps(fields)}))


def test_affine_of_a_voice_is_a_copy_that_cannot_be_written() -> None:
    given_numbers = np.zeros(AFFINE_SIZE, np.float32)
    voice = KokoroVoice({"af_bella": 1.0}, {"af_bella": 1.0}, given_numbers)
    given_numbers[0] = 1.0
    assert voice.affine is not None
    assert voice.affine[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        voice.affine[0] = 1.0


def test_voice_file_of_one_stock_voice_equals_that_voice() -> None:
    voice = stock_voice_file("bm_george")
    assert (voice.timbre, voice.prosody, voice.affine, voice.log_f0) == ({"bm_george": 1.0}, {"bm_george": 1.0}, None, None)
    assert len(STOCK_VOICES) == 54
    assert math.isclose(sum(voice.timbre.values()), 1.0)


def test_mix_file_of_the_platform_is_the_voice_file_of_the_same_mix() -> None:
    weights = {"am_onyx": 0.25, "af_bella": 0.75}
    assert write_mix_file(weights, pace=0.8) == KokoroVoice(weights, weights, pace=0.8).to_bytes()
    assert write_mix_file(weights) == KokoroVoice(weights, weights).to_bytes()
    assert KokoroVoice.from_bytes(write_mix_file(weights, pace=0.8)).pace == 0.8
    assert b"pace" not in write_mix_file(weights)


@pytest.mark.parametrize("pace", [0.4, 2.1, "fast", True, None])
def test_pace_of_a_voice_outside_its_bounds_is_refused(pace: Any) -> None:
    with pytest.raises(ValueError, match="pace"):
        KokoroVoice({"af_bella": 1.0}, {"af_bella": 1.0}, pace=pace)
