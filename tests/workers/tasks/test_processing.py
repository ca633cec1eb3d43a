"""Parts of kind enhance, dereverb, separate and assemble, with the real engines."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import redis
import soundfile
from numpy.typing import NDArray

from tests.workers.messages import targets
from tests.workers.recognition.clips import clip
from tests.workers.tasks.task_harness import TaskHarness
from workers.audio.loudness import measure_loudness
from workers.contract.audio_processing import STEM_NAMES, AssembleWork, DereverbWork, EnhanceWork, Finish, SeparateWork, Stretch
from workers.contract.codec import Message
from workers.contract.errors import WorkError
from workers.contract.outputs import AUDIO
from workers.contract.references import Address
from workers.engines.deepfilternet import DeepFilterNet
from workers.engines.spleeter import SpleeterEngine
from workers.engines.wpe import WeightedPredictionError
from workers.parts import PartStoppedError
from workers.tasks.enhance import enhance

RATE = 16_000


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, valkey: redis.Redis) -> Iterator[TaskHarness]:
    engines = [DeepFilterNet(), WeightedPredictionError(), SpleeterEngine()]
    harness = TaskHarness(tmp_path_factory.mktemp("processing"), engines=engines, client=valkey)
    yield harness
    harness.close()


@pytest.fixture(scope="module")
def speech(bench: TaskHarness) -> NDArray[np.float32]:
    """Three seconds of a man with noise, in two channels, stored as `speech.wav`."""
    voice = clip("librivox-0870")[: 3 * RATE]
    noisy = np.stack([voice, 0.5 * voice], axis=1) + 0.01 * np.random.default_rng(1).standard_normal((len(voice), 2))
    samples = noisy.astype(np.float32)
    bench.keep("speech.wav", samples)
    return samples


def do(bench: TaskHarness, kind: str, work: Message, *, names: tuple[str, ...] = (AUDIO,)) -> tuple[list[Path], int]:
    """Files of the outputs, and the units that the part counted."""
    message = bench.message(kind, work)
    addresses = {name: Address("folder", f"{message.token}/{name}") for name in names}
    message = bench.message(kind, work, token=message.token, outputs=targets(addresses))
    manifest = bench.do(message)
    return [bench.objects / address.location for address in addresses.values()], manifest.units_done


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    return soundfile.read(path, dtype="float32", always_2d=True)


def test_enhancing_keeps_rate_channels_and_length_and_reaches_the_loudness(bench: TaskHarness, speech: NDArray[np.float32]) -> None:
    work = EnhanceWork(
        Address("folder", "speech.wav"),
        engine="deepfilternet",
        has_clarity=True,
        stretch=Stretch(source_seconds=3.0),
        finish=Finish("wav", loudness_lufs=-16.0),
    )
    (path,), units = do(bench, "enhance", work)
    made, rate = read(path)
    assert (made.shape, rate, units) == (speech.shape, RATE, 3000)
    power = sum(10 ** (measure_loudness(channel, sample_rate=RATE) / 10) for channel in made.T)
    assert 10 * np.log10(power) == pytest.approx(-16.0, abs=1.0)
    assert np.abs(made).max() <= 0.9
    assert [file.name for file in (bench.objects / ".unfinished").iterdir()] == []


@pytest.mark.prove
def test_stretches_joined_again_are_nearly_the_whole_recording(bench: TaskHarness, speech: NDArray[np.float32]) -> None:
    source, finish = Address("folder", "speech.wav"), Finish("wav")
    (whole,), _ = do(bench, "dereverb", DereverbWork(source, "wpe", target="echo", stretch=Stretch(source_seconds=3.0), finish=finish))
    pieces = []
    for start, end in ((0.0, 1.2), (1.2, 0.0)):
        work = DereverbWork(source, "wpe", target="echo", stretch=Stretch(start, end_seconds=end, source_seconds=3.0))
        (path,), _ = do(bench, "dereverb", work)
        pieces.append(Address("folder", str(path.relative_to(bench.objects))))
    (joined,), _ = do(bench, "assemble", AssembleWork(tuple(pieces), finish=finish, output="speech"), names=("speech",))
    made, expected = read(joined)[0], read(whole)[0]
    assert made.shape == expected.shape == speech.shape
    assert np.square(made - expected).sum() < 0.05 * np.square(expected).sum()
    seam = slice(int(1.15 * RATE), int(1.3 * RATE))
    assert np.abs(np.diff(made[seam], axis=0)).max() < 2 * np.abs(np.diff(expected[seam], axis=0)).max()


def test_separating_stores_every_stem_and_together_they_are_the_recording(bench: TaskHarness, speech: NDArray[np.float32]) -> None:
    work = SeparateWork(Address("folder", "speech.wav"), "spleeter", stretch=Stretch(source_seconds=3.0), finish=Finish("flac"))
    paths, units = do(bench, "separate", work, names=STEM_NAMES[2])
    stems = [read(path) for path in paths]
    assert [(samples.shape, rate) for samples, rate in stems] == [(speech.shape, RATE)] * 2
    assert units == 3000
    assert np.abs(stems[0][0] + stems[1][0] - speech)[1000:-1000].max() < 0.02  # the rates differ


@pytest.mark.parametrize("channels", [1, 6])
def test_separating_any_number_of_channels_returns_as_many(bench: TaskHarness, channels: int) -> None:
    samples = 0.1 * np.random.default_rng(2).standard_normal((4000, channels)).astype(np.float32)
    source = bench.keep(f"channels{channels}.wav", samples)
    work = SeparateWork(source, "spleeter", stretch=Stretch(source_seconds=0.25), finish=Finish("wav"))
    paths, _ = do(bench, "separate", work, names=STEM_NAMES[2])
    assert [read(path)[0].shape for path in paths] == [(4000, channels)] * 2


def test_surround_is_mixed_to_stereo_for_a_format_without_more_channels(bench: TaskHarness) -> None:
    samples = 0.1 * np.random.default_rng(3).standard_normal((RATE, 6)).astype(np.float32)
    source = bench.keep("surround.wav", samples)
    work = EnhanceWork(source, has_clarity=True, stretch=Stretch(source_seconds=1.0, channels=2), finish=Finish("mp3", loudness_lufs=-16.0))
    (path,), _ = do(bench, "enhance", work)
    assert (soundfile.info(path).format, soundfile.info(path).channels) == ("MP3", 2)


@pytest.mark.parametrize("engine", ["", "deepfilternet"])
def test_samples_that_are_no_numbers_are_enhanced_to_finite_ones(bench: TaskHarness, engine: str) -> None:
    samples = 0.1 * np.random.default_rng(4).standard_normal((RATE // 2, 2)).astype(np.float32)
    samples[1000::97], samples[1001::97], samples[1002::97], samples[1003::97] = np.nan, np.inf, -np.inf, 3e38
    soundfile.write(bench.objects / "float.wav", samples, RATE, subtype="FLOAT")
    work = EnhanceWork(Address("folder", "float.wav"), engine=engine, has_clarity=True, finish=Finish("wav", loudness_lufs=-16.0))
    (path,), _ = do(bench, "enhance", work)
    made = read(path)[0]
    assert made.shape == samples.shape
    assert 0.1 < np.abs(made).max() <= 0.9


def test_a_stretch_after_the_end_of_the_recording_is_bad_audio(bench: TaskHarness, speech: NDArray[np.float32]) -> None:
    assert len(speech) == 3 * RATE
    work = EnhanceWork(Address("folder", "speech.wav"), has_clarity=True, stretch=Stretch(9.0, end_seconds=12.0))
    with pytest.raises(WorkError, match="shorter than was measured"):
        do(bench, "enhance", work)


def test_silence_is_enhanced_to_silence(bench: TaskHarness) -> None:
    source = bench.keep("silence.wav", np.zeros((RATE // 2, 1), np.float32))
    finish = Finish("wav", loudness_lufs=-16.0)
    (path,), _ = do(bench, "enhance", EnhanceWork(source, engine="deepfilternet", has_clarity=True, finish=finish))
    assert not read(path)[0].any()


def test_a_file_that_is_no_audio_is_refused_and_leaves_nothing(bench: TaskHarness) -> None:
    (bench.objects / "text.wav").write_text("no audio")
    with pytest.raises(WorkError, match="not in a supported audio format"):
        do(bench, "enhance", EnhanceWork(Address("folder", "text.wav"), has_clarity=True, finish=Finish("wav")))
    assert list((bench.objects / ".unfinished").iterdir()) == []


def test_a_stopped_part_computes_nothing_more(bench: TaskHarness, speech: NDArray[np.float32]) -> None:
    assert speech.any()
    message = bench.message("enhance", EnhanceWork(Address("folder", "speech.wav"), engine="deepfilternet", finish=Finish("wav")))
    run = bench.run(bench.message("enhance", EnhanceWork.from_dict(message.work), outputs=targets({AUDIO: Address("folder", "stopped")})))
    run.stop()
    with pytest.raises(PartStoppedError):
        enhance(run, context=bench.context)
    assert not (bench.objects / "stopped").exists()
