"""Conversion by Kokoro's decoder, with its real weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.workers.recognition.clips import clip
from workers.audio.encoding.resampler import Resampler
from workers.audio.samples import Samples
from workers.cloning.features import pitch
from workers.contract.conversion import CONVERSION_RATE, Delivery, SpeakerProfile
from workers.contract.errors import WorkError
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.conversion.world import measure_profile
from workers.engines.kokoro_convert import build_engines
from workers.engines.whisper import build_engines as build_recognisers
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.voices import stock_voice
from workers.protocols.converter import ConversionOptions, Converter
from workers.protocols.recogniser import Recogniser, RecognitionOptions, as_recogniser

TEXT = "He was not an ill-disposed young man."
HEART = SpeakerProfile(5.27, 0.2, (0.0,) * 60, (1.0,) * 60)
"""Register of af_heart; her envelope plays no part here."""


@pytest.fixture(scope="module")
def converter(kokoro_runtime: KokoroRuntime) -> Iterator[Converter]:
    (engine,) = build_engines()
    if obstacle := engine.find_obstacle():
        pytest.skip(obstacle)
    engine.load()
    yield engine
    engine.unload()


@pytest.fixture(scope="module")
def speech() -> Samples:
    """Three seconds of a man."""
    resampler = Resampler(input_rate=16_000, output_rate=CONVERSION_RATE)
    return np.concatenate([resampler.feed(clip("librivox-0880")), resampler.finish()])


@pytest.fixture(scope="module")
def options(speech: Samples) -> ConversionOptions:
    source = measure_profile(speech)
    assert source is not None
    return ConversionOptions(VoiceRef("af_heart", "en-us", "female", "kokoro", "1"), source, HEART)


@pytest.fixture(scope="module")
def short(speech: Samples) -> Samples:
    """The first words of the speech."""
    return speech[: CONVERSION_RATE * 9 // 10]


@pytest.fixture(scope="module")
def converted_short(converter: Converter, short: Samples, options: ConversionOptions) -> Samples:
    """These words in a built-in voice."""
    return converter.convert(short, text="He was not", language="en", options=options)


def both_voiced(first: Samples, second: Samples) -> tuple[Any, Any]:
    """log F0 of the frames in which both have a voice."""
    one, other = pitch(first), pitch(second)
    count = min(len(one), len(other))
    voiced = (one[:count] > 0) & (other[:count] > 0)
    return np.log(one[:count][voiced]), np.log(other[:count][voiced])


def test_the_performance_stays_and_the_register_becomes_the_targets(
    converter: Converter, speech: Samples, options: ConversionOptions
) -> None:
    converted = converter.convert(speech, text=TEXT, language="en", options=options)
    source, target = both_voiced(speech, converted)
    assert 0 <= len(converted) - len(speech) < 600
    assert float(np.corrcoef(source, target)[0, 1]) > 0.9
    assert float(np.median(target)) == pytest.approx(HEART.log_f0_mean, abs=0.1)
    assert float(np.sqrt((converted**2).mean())) == pytest.approx(float(np.sqrt((speech**2).mean())), rel=0.02)


@pytest.mark.prove
def test_a_sad_delivery_is_slower_lower_flatter_and_softer(converter: Converter, speech: Samples, options: ConversionOptions) -> None:
    sad = converter.convert(speech, text=TEXT, language="en", options=replace(options, delivery=Delivery("sad", speed=0.9)))
    hertz = pitch(sad)
    logarithm = np.log(hertz[hertz > 0])
    assert len(sad) == pytest.approx(len(speech) / 0.85 / 0.9, abs=1200)
    assert float(np.median(logarithm)) == pytest.approx(HEART.log_f0_mean - 1.5 * np.log(2) / 12, abs=0.08)
    assert float(np.sqrt((sad**2).mean()) / np.sqrt((speech**2).mean())) == pytest.approx(10 ** (-4 / 20), rel=0.02)


@pytest.mark.parametrize(
    ("words", "code"),
    [({"text": "…", "language": "en"}, "nothing_to_say"), ({"text": "Guten Tag.", "language": "de"}, "unsupported_language")],
)
def test_text_without_a_pronunciation_is_left_to_the_fallback(
    converter: Converter, speech: Samples, options: ConversionOptions, words: dict[str, str], code: str
) -> None:
    with pytest.raises(WorkError) as refused:
        converter.convert(speech, options=options, **words)
    assert refused.value.code == code


def test_an_own_voice_speaks_with_its_prepared_file(
    converter: Converter, short: Samples, converted_short: Samples, options: ConversionOptions
) -> None:
    own = replace(options, voice=VoiceRef("voice_1", "en-us", "female", "kokoro-clone", "1"), own=stock_voice("af_heart"))
    assert converter.convert(short, text="He was not", language="en", options=own).tolist() == converted_short.tolist()


def test_mix_of_one_stock_voice_converts_as_that_voice(
    converter: Converter, short: Samples, converted_short: Samples, options: ConversionOptions
) -> None:
    shares = [(VoiceWeight("af_heart", 2.0),), (VoiceWeight("af_heart", 1.0), VoiceWeight("am_adam", 1.0))]
    one, two = [
        converter.convert(short, text="He was not", language="en", options=replace(options, voice=replace(options.voice, weights=weights)))
        for weights in shares
    ]
    assert one.tolist() == converted_short.tolist()
    assert two.tolist() != converted_short.tolist()


def test_a_voice_of_another_model_is_refused(converter: Converter, speech: Samples, options: ConversionOptions) -> None:
    with pytest.raises(WorkError) as refused:
        converter.convert(speech, text=TEXT, language="en", options=replace(options, voice=VoiceRef("joe", engine="piper")))
    assert refused.value.code == "unknown_voice"


@pytest.mark.prove
def test_an_utterance_that_begins_at_once_keeps_its_first_word(converter: Converter, options: ConversionOptions) -> None:
    resampler = Resampler(input_rate=16_000, output_rate=CONVERSION_RATE)
    samples = np.concatenate([resampler.feed(clip("librivox-0890")), resampler.finish()])
    loud = np.flatnonzero(np.abs(samples) > 0.04)
    tight = samples[max(0, loud[0] - 1200) : loud[-1] + 1200]
    text = "unless to be rather cold hearted and rather selfish is to be ill disposed."
    converted = converter.convert(tight, text=text, language="en", options=options)
    back = Resampler(input_rate=CONVERSION_RATE, output_rate=16_000)
    with whisper() as recogniser:
        heard = recogniser.transcribe([np.concatenate([back.feed(converted), back.finish()])], options=RecognitionOptions(language="en"))
    assert heard[0].segments[0].text.strip().lower().startswith(("unless to be", "and less to be"))


@contextmanager
def whisper() -> Iterator[Recogniser]:
    """Whisper base, loaded."""
    model = as_recogniser(next(model for model in build_recognisers() if model.spec.id == "whisper"))
    model.load()
    yield model
    model.unload()
