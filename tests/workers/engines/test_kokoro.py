"""Kokoro with its real weights: speech, word timings, refusals."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workers.engines.conftest import loudness_between, median_pitch, sounding_seconds
from tests.workers.voices import voice_ref
from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec
from workers.contract.errors import WorkError
from workers.contract.references import StoredObject
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.engines.kokoro import KokoroEngine
from workers.kokoro.accents import accent_of
from workers.kokoro.runtime import MOST_PHONEMES
from workers.kokoro.synthesis import LONGEST_PHONEMES
from workers.text.english import english_phonemizer

TEXT = "The museum keeps its oldest maps in a dark, dry room."
SPELLED = "Dr. Smith paid $5 million at 7:30 p.m. 🎉 on 5 March — wow!"


@pytest.fixture(scope="module")
def at_normal_speed(kokoro: KokoroEngine) -> SynthesisedAudio:
    return kokoro.speak(TEXT, voice=voice_ref(kokoro, "bm_george"), language="en", speed=1.0)


def test_twenty_eight_english_voices_are_offered() -> None:
    spec = KokoroEngine().spec
    english = [voice for voice in spec.voices if primary_tag(voice.language) == "en"]
    assert Counter((voice.language, voice.gender) for voice in english) == {
        ("en-us", "female"): 11,
        ("en-us", "male"): 9,
        ("en-gb", "female"): 4,
        ("en-gb", "male"): 4,
    }
    assert (spec.default_voice, spec.licence, spec.sample_rate) == ("af_bella", "Apache-2.0", 24_000)
    bella = next(voice for voice in spec.voices if voice.id == "af_bella")
    assert (bella.name, bella.gender, bella.description) == ("Bella", "female", "American English, female")
    assert EngineSpec.from_dict(spec.to_dict()) == spec


def test_speech_is_transcribed_as_its_text(
    kokoro: KokoroEngine, at_normal_speed: SynthesisedAudio, error_rate: Callable[[SynthesisedAudio, str], float]
) -> None:
    for spoken in (at_normal_speed, kokoro.speak(TEXT, voice=voice_ref(kokoro, "af_bella"), language="en", speed=1.0)):
        assert error_rate(spoken, TEXT) <= 0.2  # two of eleven words


@pytest.mark.parametrize("speed", [2.0, *(pytest.param(speed, marks=pytest.mark.prove) for speed in (0.5, 0.9, 4.0))])
def test_speed_changes_the_length_but_neither_pitch_nor_clarity(
    kokoro: KokoroEngine, at_normal_speed: SynthesisedAudio, error_rate: Callable[[SynthesisedAudio, str], float], speed: float
) -> None:
    other = kokoro.speak(TEXT, voice=voice_ref(kokoro, "bm_george"), language="en", speed=speed)
    assert sounding_seconds(other) == pytest.approx(sounding_seconds(at_normal_speed) / speed, rel=0.05)
    assert median_pitch(other) == pytest.approx(median_pitch(at_normal_speed), rel=0.06)
    if speed <= 2.0:  # beyond that whisper base understands nobody
        assert error_rate(other, TEXT) <= 0.2


@pytest.mark.parametrize("speed", [0.25, 4.0])
def test_the_slowest_and_the_fastest_speed_keep_the_words_in_the_sound(kokoro: KokoroEngine, speed: float) -> None:
    spoken = kokoro.speak("A dark room.", voice=voice_ref(kokoro, "af_bella"), language="en", speed=speed)
    assert [word.word for word in spoken.words] == ["A", "dark", "room."]
    assert 0 <= spoken.words[0].start < spoken.words[-1].end <= len(spoken.samples) / spoken.sample_rate


def test_every_word_is_timed_as_the_customer_wrote_it(kokoro: KokoroEngine) -> None:
    spoken = kokoro.speak(SPELLED, voice=voice_ref(kokoro, "af_bella"), language="en", speed=1.0)
    expected = ["Dr.", "Smith", "paid", "$5", "million", "at", "7:30", "p.m.", "on", "5", "March", "wow!"]
    assert [word.word for word in spoken.words] == expected
    assert [SPELLED[word.start_character : word.end_character] for word in spoken.words] == expected
    assert all(word.start < word.end for word in spoken.words)
    assert all(first.end <= second.start for first, second in pairwise(spoken.words))


def test_words_are_timed_where_they_are_heard(kokoro: KokoroEngine) -> None:
    spoken = kokoro.speak("Stop. Now go.", voice=voice_ref(kokoro, "af_bella"), language="en", speed=1.0)
    stop, now, _ = spoken.words
    assert loudness_between(spoken, 0.0, stop.start - 0.05) < 0.005
    assert loudness_between(spoken, stop.start, stop.end) > 0.05
    assert loudness_between(spoken, now.start, now.end) > 0.05


def test_two_threads_on_one_session_hear_what_one_does(kokoro: KokoroEngine) -> None:
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(
            lambda voice: kokoro.speak("Good day.", voice=voice_ref(kokoro, voice), language="", speed=1.0), ["af_bella"] * 2
        )
    assert np.array_equal(first.samples, second.samples)
    assert first.words == second.words


@pytest.mark.parametrize(
    ("text", "voice", "language", "code"),
    [
        ("Hello.", "nobody", "en", "unknown_voice"),
        ("Hello.", "af_bella", "es", "unsupported_language"),
        ("--- 🎉 ***", "af_bella", "en", "nothing_to_say"),
        ("你好。", "af_bella", "en", "nothing_to_say"),
    ],
)
def test_invalid_input_is_refused_with_a_code(kokoro: KokoroEngine, text: str, voice: str, language: str, code: str) -> None:
    with pytest.raises(WorkError) as refusal:
        kokoro.speak(text, voice=voice_ref(kokoro, voice), language=language, speed=1.0)
    assert refusal.value.code == code


@pytest.mark.parametrize("language", ["", "en", "en-GB", "EN-us"])
def test_british_voice_speaks_every_english_tag(kokoro: KokoroEngine, language: str) -> None:
    assert len(kokoro.speak("Hi.", voice=voice_ref(kokoro, "bf_emma"), language=language, speed=2.0).samples) > 0


@pytest.mark.parametrize(
    "text", ["7 " * 300, "1-" * 400, "word " * 500, "a" * 3000, "½" * 200, "wait ..." * 300, "!?" * 900 + "Hi" + " ..." * 900]
)
def test_a_text_with_too_many_phonemes_is_cut_and_not_truncated(text: str) -> None:
    phonemise = english_phonemizer(is_british=False)
    sentences = KokoroEngine().split(text, language="en")
    assert "".join(sentence.text for sentence in sentences) == text
    assert max(len(phonemise(sentence.text).phonemes) for sentence in sentences) <= LONGEST_PHONEMES


@settings(deadline=None, max_examples=examples(60))
@given(
    st.lists(
        st.sampled_from(["1-", "9" * 30, "the cat, ", "Dr. ", " ... ", "!", "½", "🎉", "中", "\n\n", "$1,000 ", "#", "a" * 30]), max_size=80
    ).map("".join)
)
def test_every_sentence_fits_the_model_and_can_be_spoken_unless_none_can(text: str) -> None:
    phonemise = english_phonemizer(is_british=False)
    phonemised = [phonemise(sentence.text) for sentence in KokoroEngine().split(text, language="en")]
    assert all(len(sentence.phonemes) <= MOST_PHONEMES for sentence in phonemised)
    assert all(sentence.words for sentence in phonemised) or len(phonemised) == 1


def test_missing_weights_are_named_with_the_command_that_gets_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    engine = KokoroEngine()
    assert "ttsai models pull kokoro" in engine.find_obstacle()
    with pytest.raises(WorkError) as refusal:
        engine.load()
    assert (refusal.value.code, refusal.value.message) == ("engine_unavailable", engine.find_obstacle())


def test_an_unloaded_engine_does_not_speak() -> None:
    engine = KokoroEngine()
    engine.unload()
    with pytest.raises(RuntimeError, match="load"):
        engine.speak("Hello.", voice=voice_ref(engine, "af_bella"), language="en", speed=1.0)


@pytest.mark.parametrize(
    ("language", "accent"),
    [("en-GB", "British English"), ("en", "American English"), ("en-au", "American English"), ("pt-pt", "Brazilian Portuguese"), ("", "American English")],
)  # fmt: skip
def test_accent_follows_the_language_tag_of_the_voice(language: str, accent: str) -> None:
    assert accent_of(language).name == accent


def test_engine_of_built_in_voices_refuses_own_voices(kokoro: KokoroEngine) -> None:
    voice = VoiceRef("af_bella", "en-us", engine="kokoro", conditioning=StoredObject("k"))
    with pytest.raises(WorkError, match="Kokoro speaks with its built-in voices only, not with 'af_bella'") as refusal:
        kokoro.speak("Hello.", voice=voice, language="", speed=1.0)
    assert refusal.value.code == "unknown_voice"


def test_mix_is_spoken_by_its_weights_in_the_language_asked_for(kokoro: KokoroEngine) -> None:
    alone = VoiceRef("mix", "en-us", weights=(VoiceWeight("af_sky", 2.0),))
    plain = kokoro.speak("Hello.", voice=voice_ref(kokoro, "af_sky"), language="", speed=1.0)
    assert np.array_equal(kokoro.speak("Hello.", voice=alone, language="en", speed=1.0).samples, plain.samples)
    with pytest.raises(WorkError, match="Kokoro does not speak 'de'"):
        kokoro.speak("Hallo.", voice=alone, language="de", speed=1.0)
