"""Conversion of recordings: prepared once, converted in pieces, joined without a seam."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import redis
import soundfile
from numpy.typing import NDArray

from tests.workers.messages import address_of, targets
from tests.workers.provenance.searching import find_watermark
from tests.workers.recognition.clips import clip, noise, silence
from tests.workers.tasks.task_harness import TaskHarness
from workers.contract.conversion import (
    CONVERSION_RATE,
    OVERLAP_SECONDS,
    ConversionAnalysis,
    ConvertVoiceWork,
    Delivery,
    PrepareConversionWork,
)
from workers.contract.errors import WorkError
from workers.contract.messages import JoinInput, JoinWork, PartMessage
from workers.contract.outputs import ANALYSIS, AUDIO
from workers.contract.references import Address
from workers.contract.voices import VoiceRef
from workers.conversion.world import measure_profile
from workers.engines.hibari import build_engines as build_hibari
from workers.engines.world import build_engines as build_world
from workers.protocols.engine import Model
from workers.recognition.pitch import voiced_pitches
from workers.tasks.results import read_document

SPEECH = clip("librivox-0880")[: 3 * 16_000]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, valkey: redis.Redis) -> Iterator[TaskHarness]:
    engines: list[Model] = [*build_hibari(), *build_world()]
    made = TaskHarness(tmp_path_factory.mktemp("bench"), engines=engines, client=valkey)
    yield made
    made.close()


def heart(bench: TaskHarness) -> VoiceRef:
    (engine,) = build_hibari()
    return engine.spec.voice_ref(engine.spec.voices[0])


def prepare(bench: TaskHarness, samples: NDArray[np.float32], *, pieces: int = 1) -> PartMessage:
    work = PrepareConversionWork(bench.keep("source.flac", samples), pieces=pieces, source_seconds=len(samples) / 16_000)
    outputs = targets({name: Address("folder", f"prepared/{name}") for name in (AUDIO, ANALYSIS)})
    message = bench.message("prepare_conversion", work, outputs=outputs)
    bench.do(message)
    return message


@pytest.fixture(scope="module")
def prepared(bench: TaskHarness) -> PartMessage:
    """The speech, prepared as one piece where no other test writes."""
    work = PrepareConversionWork(bench.keep("speech.flac", SPEECH), pieces=1, source_seconds=len(SPEECH) / 16_000)
    outputs = targets({name: Address("folder", f"prepared-speech/{name}") for name in (AUDIO, ANALYSIS)})
    message = bench.message("prepare_conversion", work, outputs=outputs)
    bench.do(message)
    return message


def convert(bench: TaskHarness, prepared: PartMessage, *, piece: int = 0, delivery: Delivery | None = None) -> PartMessage:
    work = ConvertVoiceWork("world", heart(bench), audio=address_of(prepared), analysis=address_of(prepared, ANALYSIS), piece=piece)
    work = replace(work, delivery=delivery or Delivery())
    message = bench.message("convert_voice", work, outputs=targets({AUDIO: Address("folder", f"converted{piece}.wav")}))
    bench.do(message)
    return message


def read(bench: TaskHarness, name: str) -> NDArray[np.float32]:
    samples, rate = soundfile.read(bench.objects / name, dtype="float32")
    assert rate == CONVERSION_RATE
    return np.asarray(samples)


def median_hertz(samples: NDArray[np.float32]) -> float:
    return float(np.median(voiced_pitches(samples[::3].repeat(2))))


def test_speech_moves_to_the_targets_register_and_keeps_its_length(bench: TaskHarness, prepared: PartMessage) -> None:
    convert(bench, prepared)
    converted = read(bench, "converted0.wav")
    target = bench.context.targets.find(heart(bench))
    profile, source = measure_profile(converted), measure_profile(np.repeat(SPEECH, 3)[::2].copy())
    assert target is not None
    assert profile is not None
    assert source is not None
    assert len(converted) == len(SPEECH) * 3 // 2
    assert abs(profile.log_f0_mean - target.log_f0_mean) < 0.15 < target.log_f0_mean - source.log_f0_mean


def test_pieces_join_to_the_length_of_the_recording_without_a_seam(bench: TaskHarness) -> None:
    prepared = prepare(bench, SPEECH, pieces=2)
    pieces = [convert(bench, prepared, piece=piece) for piece in range(2)]
    analysis = read_document(address_of(prepared, ANALYSIS), ConversionAnalysis, storage=bench.context.storage)
    work = JoinWork(tuple(JoinInput(address_of(piece)) for piece in pieces), format="wav", overlap_seconds=OVERLAP_SECONDS)
    bench.do(bench.message("join", work, outputs=targets({AUDIO: Address("folder", "joined.wav")})))
    joined = read(bench, "joined.wav")
    cut = round(analysis.cuts[1] * CONVERSION_RATE)
    assert len(joined) == len(SPEECH) * 3 // 2
    assert np.abs(np.diff(joined[cut - 480 : cut + 480])).max() <= np.abs(np.diff(joined)).max() / 4


@pytest.mark.prove
def test_emotion_and_speed_change_pace_pitch_range_and_energy(bench: TaskHarness, prepared: PartMessage) -> None:
    found = {}
    for delivery in (Delivery(), Delivery("sad"), Delivery("excited", speed=2.0)):
        convert(bench, prepared, delivery=delivery)
        samples = read(bench, "converted0.wav")
        profile = measure_profile(samples)
        assert profile is not None
        found[delivery.emotion] = (len(samples), profile.log_f0_mean, float(np.sqrt((samples**2).mean())))
    whole = found["neutral"][0]
    assert (found["sad"][0], found["excited"][0]) == (round(whole / 0.85), round(whole / 2.3))
    assert found["sad"][1] < found["neutral"][1] < found["excited"][1]
    assert found["sad"][2] < 0.8 * found["neutral"][2] < found["excited"][2]


def test_a_silent_recording_is_refused_with_advice(bench: TaskHarness) -> None:
    with pytest.raises(WorkError) as refused:
        prepare(bench, silence(2.0))
    assert (refused.value.code, "record it again" in refused.value.message) == ("bad_audio", True)


def test_a_recording_without_a_voice_is_returned_as_it_is(bench: TaskHarness) -> None:
    rain = noise(1.0, level=0.1)
    convert(bench, prepare(bench, rain))
    analysis = bench.objects / "prepared" / ANALYSIS
    assert '"profile":null' in analysis.read_text()
    assert np.sqrt((read(bench, "converted0.wav") ** 2).mean()) == pytest.approx(0.1, rel=0.1)


def test_conversion_is_watermarked_where_the_work_asks(bench: TaskHarness, prepared: PartMessage) -> None:
    work = ConvertVoiceWork("world", heart(bench), audio=address_of(prepared), analysis=address_of(prepared, ANALYSIS), watermark="all")
    bench.do(bench.message("convert_voice", work, outputs=targets({AUDIO: Address("folder", "marked.wav")})))
    bench.do(bench.message("convert_voice", replace(work, watermark="cloned"), outputs=targets({AUDIO: Address("folder", "stock.wav")})))
    marked, stock = read(bench, "marked.wav"), read(bench, "stock.wav")
    assert len(marked) == len(stock)
    assert find_watermark([marked], sample_rate=CONVERSION_RATE).is_detected
    assert not find_watermark([stock], sample_rate=CONVERSION_RATE).is_detected
