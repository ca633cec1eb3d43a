"""Own voices of Kokoro, with its real weights; voice files here are doubles: AdaIN numbers of stock voices in place of fitted ones."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from tests.workers.engines.conftest import median_pitch
from tests.workers.kokoro.voices import stock_voice_file
from tests.workers.voices import voice_ref
from workers.contract.engines import EngineSpec
from workers.contract.errors import WorkError
from workers.contract.references import Address, StoredObject
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.engines.kokoro import KokoroEngine
from workers.engines.kokoro_clone import KokoroCloneEngine
from workers.kokoro.mix_file import write_mix_file
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.kokoro.voice_file import AFFINE_SIZE, KokoroVoice
from workers.kokoro.voices import SpeakableVoice, stock_voice
from workers.protocols.engine import reads_voice_files

MINE = VoiceRef("mine", "en-gb", "female", "kokoro-clone", "1", Address("folder", "voices/mine"))
BELLA = {"af_bella": 1.0}


@pytest.fixture(scope="module")
def clone(kokoro_runtime: KokoroRuntime) -> Iterator[KokoroCloneEngine]:
    engine = KokoroCloneEngine()
    engine.load()
    yield engine
    engine.unload()


def affine_of(voice: str, *, runtime: KokoroRuntime) -> np.ndarray:
    """AdaIN numbers of a stock voice."""
    return runtime.affine(runtime.mix_styles({voice: 1.0}, phoneme_count=20))


def test_cloning_engine_is_announced_with_its_base_engine() -> None:
    spec = KokoroCloneEngine().spec
    assert (spec.id, spec.base_engine, spec.voices, spec.has_cloning, spec.suggested_tier) == (
        "kokoro-clone",
        "kokoro",
        (),
        True,
        "premium",
    )
    assert (spec.languages, spec.has_word_timings) == (KokoroEngine().spec.languages, True)
    assert reads_voice_files(spec)
    assert not reads_voice_files(KokoroEngine().spec)
    assert EngineSpec.from_dict(spec.to_dict()) == spec


def test_both_engines_share_one_loaded_model(kokoro: KokoroEngine, clone: KokoroCloneEngine) -> None:
    assert clone.runtime is kokoro.runtime


def test_voice_file_of_a_stock_voice_sounds_and_is_timed_like_that_voice(kokoro: KokoroEngine, clone: KokoroCloneEngine) -> None:
    own = clone.read_voice(stock_voice_file("af_bella").to_bytes(), voice=MINE)
    mine = clone.speak_as(own, "Good day.", voice=MINE, language="en-us", speed=1.0)
    stock = kokoro.speak("Good day.", voice=voice_ref(kokoro, "af_bella"), language="en-us", speed=1.0)
    assert np.array_equal(mine.samples, stock.samples)
    assert mine.words == stock.words


def test_fitted_voice_has_the_speakers_pitch_and_its_affine_maps_sound(clone: KokoroCloneEngine) -> None:
    voice = KokoroVoice(BELLA, BELLA, affine_of("am_onyx", runtime=clone.runtime), (math.log(110.0), 0.15))
    own = clone.read_voice(voice.to_bytes(), voice=MINE)
    spoken = clone.speak_as(own, "Nobody knew.", voice=MINE, language="", speed=1.0)
    assert 90 < median_pitch(spoken) < 135
    assert [word.word for word in spoken.words] == ["Nobody", "knew."]
    assert own.affine is not None
    assert np.array_equal(own.affine, affine_of("am_onyx", runtime=clone.runtime))


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [("Buenos días.", "es", ["Buenos", "días"]), ("Hello there.", "en", ["Hello", "there."])],
)
def test_own_voice_speaks_other_languages_than_its_speakers(clone: KokoroCloneEngine, text: str, language: str, words: list[str]) -> None:
    own = clone.read_voice(stock_voice_file("af_bella").to_bytes(), voice=MINE)
    spoken = clone.speak_as(own, text, voice=MINE, language=language, speed=2.0)
    assert [word.word for word in spoken.words] == words
    assert 0.2 < len(spoken.samples) / spoken.sample_rate < 3.0


def test_own_voice_in_a_language_that_kokoro_lacks_is_refused(clone: KokoroCloneEngine) -> None:
    with pytest.raises(WorkError, match="does not speak 'de'") as refusal:
        clone.speak_as(stock_voice("af_bella"), "Guten Tag.", voice=MINE, language="de", speed=1.0)
    assert refusal.value.code == "unsupported_language"


def test_built_in_voice_of_kokoro_is_spoken_as_kokoro_does(kokoro: KokoroEngine, clone: KokoroCloneEngine) -> None:
    george = voice_ref(kokoro, "bm_george")
    one, other = (engine.speak("Hello.", voice=george, language="", speed=1.0) for engine in (kokoro, clone))
    assert np.array_equal(one.samples, other.samples)
    for voice, code in ((VoiceRef("nobody", "en-us"), "unknown_voice"), (MINE, "unknown_voice")):
        with pytest.raises(WorkError) as refusal:
            clone.speak("Hello.", voice=voice, language="", speed=1.0)
        assert refusal.value.code == code


def test_mix_of_stock_voices_is_scaled_to_one_and_spoken_in_any_language(kokoro: KokoroEngine, clone: KokoroCloneEngine) -> None:
    bella = VoiceRef("mix", "en-us", weights=(VoiceWeight("af_bella", 3.0),))
    mixed = clone.speak("Hello.", voice=bella, language="", speed=1.0)
    assert np.array_equal(mixed.samples, kokoro.speak("Hello.", voice=voice_ref(kokoro, "af_bella"), language="", speed=1.0).samples)
    half = VoiceRef("mix", "en-us", weights=(VoiceWeight("af_bella", 1.0), VoiceWeight("am_onyx", 1.0)))
    assert median_pitch(clone.speak("Hello.", voice=half, language="", speed=1.0)) < median_pitch(mixed)


@pytest.mark.parametrize(
    "weights", [(VoiceWeight("nobody", 1.0),), (VoiceWeight("af_bella", 0.0),), (VoiceWeight("af_bella", 9.5), VoiceWeight("af_sky", -9.0))]
)
def test_mix_that_cannot_be_spoken_is_refused(clone: KokoroCloneEngine, weights: tuple[VoiceWeight, ...]) -> None:
    with pytest.raises(WorkError, match="The mix 'mix' cannot be spoken") as refusal:
        clone.speak("Hello.", voice=VoiceRef("mix", "en-us", weights=weights), language="", speed=1.0)
    assert refusal.value.code == "unknown_voice"


def test_own_voice_is_mixed_with_the_shares_of_stock_voices(clone: KokoroCloneEngine) -> None:
    voice = VoiceRef("mine", "en-us", conditioning=MINE.conditioning, weights=(VoiceWeight("am_onyx", 0.25),))
    own = clone.read_voice(KokoroVoice(BELLA, BELLA, np.zeros(AFFINE_SIZE, np.float32)).to_bytes(), voice=voice)
    assert isinstance(own, SpeakableVoice)
    assert (own.affine_share, own.timbre, own.prosody) == (0.75, {"am_onyx": 1.0}, {"af_bella": 0.75, "am_onyx": 0.25})


@pytest.mark.parametrize(
    ("data", "weights"),
    [
        (b"", ()),
        (b"RIFF....WAVEfmt ", ()),
        (stock_voice_file("af_bella").to_bytes(), (VoiceWeight("am_onyx", 1.5),)),
        (stock_voice_file("af_bella").to_bytes(), (VoiceWeight("nobody", 0.5),)),
    ],
)
def test_voice_file_that_cannot_be_read_is_refused_with_what_to_do(
    clone: KokoroCloneEngine, data: bytes, weights: tuple[VoiceWeight, ...]
) -> None:
    with pytest.raises(WorkError, match=r"The voice 'mine' cannot be read: .* Create it again from its recording\.") as refusal:
        clone.read_voice(data, voice=VoiceRef("mine", "en-us", conditioning=MINE.conditioning, weights=weights))
    assert (refusal.value.code, len(STOCK_VOICES)) == ("unknown_voice", 54)


def test_kept_mix_with_a_pace_speaks_exactly_as_the_mix_at_that_speed(kokoro: KokoroEngine, clone: KokoroCloneEngine) -> None:
    ref = VoiceRef("voice_1", "en-us", engine="kokoro-clone", conditioning=StoredObject("k"))
    own = clone.read_voice(write_mix_file({"am_onyx": 0.75, "bm_lewis": 0.25}, pace=0.87), voice=ref)
    mix = VoiceRef("mix", "en-us", weights=(VoiceWeight("am_onyx", 3.0), VoiceWeight("bm_lewis", 1.0)))
    slow = kokoro.speak("Hello.", voice=mix, language="", speed=0.87)
    assert np.array_equal(clone.speak_as(own, "Hello.", voice=ref, language="", speed=1.0).samples, slow.samples)
    fast = clone.speak_as(own, "Hello.", voice=ref, language="", speed=4.0)  # bounded: 3.48 is below the fastest speed
    assert len(fast.samples) < len(slow.samples) / 3
