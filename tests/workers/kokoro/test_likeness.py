"""Choice of a likeness from the library, by its own rows and by made-up speakers between them."""

import math

import numpy as np
import pytest

from workers.kokoro import likeness
from workers.kokoro.likeness import find_likeness
from workers.kokoro.stock_voices import STOCK_VOICES, gender_of
from workers.kokoro.voice_file import KokoroVoice


def embeddings_of(row: int) -> dict[str, np.ndarray]:
    """Embeddings of a speaker who sounds exactly like a row of the library."""
    library = likeness._read_library()
    return {"ge2e": library.ge2e[row], "d-vector": library.d_vector[row]}


def test_library_holds_all_stock_voices_first_and_mixes_that_add_up_to_one() -> None:
    library = likeness._read_library()
    count = len(library.timbre)
    assert count >= 300
    assert np.array_equal(library.timbre[:54], np.eye(54))
    for mixes in (library.timbre, library.prosody):
        assert np.allclose(mixes.sum(axis=1), 1.0, atol=0.01)
    assert [array.shape for array in (library.ge2e, library.d_vector, library.log_f0, library.pace)] == [
        (count, 256),
        (count, 256),
        (count, 1),
        (count, 1),
    ]
    assert library.is_female[:54].tolist() == [gender_of(voice) == "female" for voice in STOCK_VOICES]
    assert np.allclose(np.linalg.norm(library.d_vector, axis=1), 1.0, atol=0.01)


@pytest.mark.parametrize("voice", ["af_bella", "am_onyx", "jf_alpha", "bm_george"])
def test_speaker_who_sounds_like_a_stock_voice_gets_that_voice(voice: str) -> None:
    found = find_likeness(embeddings_of(STOCK_VOICES.index(voice)))
    assert (found.voice.timbre, found.voice.prosody, found.nearest_voice) == ({voice: 1.0}, {voice: 1.0}, voice)
    assert found.similarities["ge2e"] == pytest.approx(1.0, abs=0.01)
    assert found.similarities["d-vector"] == pytest.approx(1.0, abs=0.01)


def test_every_row_of_the_library_is_a_valid_voice_file() -> None:
    for row in range(0, len(likeness._read_library().timbre), 7):
        voice = find_likeness(embeddings_of(row)).voice
        assert KokoroVoice.from_bytes(voice.to_bytes()).timbre == voice.timbre


def test_gender_of_nearly_every_stock_voice_is_heard_in_its_embeddings() -> None:
    heard = {voice: likeness.heard_gender(embeddings_of(row)) for row, voice in enumerate(STOCK_VOICES)}
    wrong = {voice for voice in STOCK_VOICES if heard[voice] != gender_of(voice)}
    assert wrong == {"af_alloy", "zm_yunxia"}  # a low voice between both, and a boy


@pytest.mark.parametrize("gender", ["female", "male"])
def test_gender_of_the_speaker_is_kept_whatever_the_embeddings_say(gender: str) -> None:
    other = "am_onyx" if gender == "female" else "af_bella"
    found = find_likeness(embeddings_of(STOCK_VOICES.index(other)), gender=gender)
    share = sum(weight for voice, weight in found.voice.timbre.items() if gender_of(voice) == gender)
    assert share > 0.5
    assert gender_of(found.nearest_voice) == gender


def test_likeness_takes_the_pitch_of_the_speaker_and_prefers_mixes_near_it(monkeypatch: pytest.MonkeyPatch) -> None:
    log_f0 = (math.log(105.0), 0.2)
    found = find_likeness(embeddings_of(STOCK_VOICES.index("am_adam")), log_f0=log_f0)
    assert found.voice.log_f0 == log_f0
    monkeypatch.setattr(likeness, "PITCH_WEIGHT", 100.0)
    bella = embeddings_of(STOCK_VOICES.index("af_bella"))
    high, low = (find_likeness(bella, log_f0=(math.log(hertz), 0.2)).voice for hertz in (350.0, 70.0))
    assert spoken_log_f0(high) > spoken_log_f0(low) + 0.5


def spoken_log_f0(voice: KokoroVoice) -> float:
    """Mean log F0 with which the library's mix is spoken."""
    library = likeness._read_library()
    weights = np.array([voice.timbre.get(name, 0.0) for name in STOCK_VOICES], np.float32)
    return float(library.log_f0[int(np.abs(library.timbre - weights).sum(axis=1).argmin()), 0])


def test_pace_chooses_among_mixes_that_are_alike_and_never_a_worse_one(monkeypatch: pytest.MonkeyPatch) -> None:
    bella = embeddings_of(STOCK_VOICES.index("af_bella"))
    assert find_likeness(bella, pace=30.0).voice.timbre == {"af_bella": 1.0}
    monkeypatch.setattr(likeness, "PACE_MARGIN", 100.0)
    library = likeness._read_library()
    fastest = int(library.pace[:, 0].argmax())
    assert find_likeness(bella, pace=1000.0).voice.prosody == likeness._mix_of(library.prosody[fastest])


def test_likeness_with_one_encoder_works_and_without_one_is_refused() -> None:
    bella = embeddings_of(STOCK_VOICES.index("af_bella"))
    assert find_likeness({"ge2e": bella["ge2e"]}).nearest_voice == "af_bella"
    with pytest.raises(ValueError, match="no embedding of ge2e or d-vector"):
        find_likeness({"campplus": np.zeros(192, np.float32)})
