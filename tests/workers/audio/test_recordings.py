"""Customers' recordings on the worker: decoded by a child process, read in bounded memory."""

import resource
from pathlib import Path

import av
import numpy as np
import pytest

from tests.workers.audio.decoding import read_samples
from tests.workers.audio.probe.recordings import FORMATS, film, record, silent_flac, tone, wav_bytes
from workers.audio.probe import ProbeError, ProbeLimits
from workers.audio.recordings import decoding_limits, open_recording, read_recording
from workers.contract.errors import BAD_AUDIO, WorkError


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_is_the_same_tone_at_the_wanted_rate(kind: str, tmp_path: Path) -> None:
    samples = read_recording(record(tmp_path / "no-name", kind, seconds=2.0), sample_rate=16000)
    assert samples.dtype == np.float32
    assert len(samples) / 16000 == pytest.approx(2.0, abs=0.06)
    middle = samples[8000:24000]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 440
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(8000 / 32768 / np.sqrt(2), rel=0.05)


def test_a_recording_knows_what_it_was_and_gives_any_stretch_of_itself(tmp_path: Path) -> None:
    source = tmp_path / "source"
    ramp = np.arange(-16000, 16000, dtype=np.int16)
    source.write_bytes(wav_bytes(ramp.tobytes(), rate=16000))
    with open_recording(source, sample_rate=0, scratch=tmp_path) as recording:
        assert (recording.sample_rate, recording.samples, recording.seconds) == (16000, 32000, 2.0)
        assert (recording.source.codec, recording.source.channels) == ("pcm_s16le", 1)
        assert (recording.read() * 32768).tolist() == ramp.tolist()
        assert (recording.read(100, 103) * 32768).tolist() == [-15900, -15899, -15898]
        assert recording.read(31_999, 40_000).tolist() == [15999 / 32768]
        assert recording.read(50_000).tolist() == []
        assert [len(block) for block in recording.blocks(1000, block_seconds=0.9)] == [14400, 14400, 2200]
        assert [path.name for path in tmp_path.iterdir()] == ["source"]  # the samples lie in a file without a name


def test_a_stretch_becomes_a_file_of_our_own(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(wav_bytes(tone(2.0, rate=16000).tobytes(), rate=16000))
    with open_recording(source, sample_rate=16000) as recording:
        written = recording.write(tmp_path / "piece.flac", 8000, 24000)
        piece, rate = read_samples(tmp_path / "piece.flac")
        assert (written.seconds, rate) == (1.0, 16000)
        assert piece.tolist() == recording.read(8000, 24000).tolist()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"no sound at all " * 9, "not in a supported audio format"),
        (wav_bytes(b"\0\0"), "at least 0.05 s are needed"),
        (wav_bytes(bytes(1000), announced=99_999), "it was cut off"),
        (wav_bytes(bytes(64 * 2 * 4000), channels=64), "The audio has 64 channels"),
        (wav_bytes(bytes(100_000), rate=4_000_000), "4,000,000 samples a second"),
        (silent_flac(60, rate=8000)[:-200], "it was cut off"),
    ],
    ids=["empty", "no sound", "one sample", "truncated", "64 channels", "huge rate", "damaged"],
)
def test_a_file_without_audio_is_a_client_error(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(content)
    with pytest.raises(WorkError, match=sentence) as refused:
        read_recording(tmp_path / "source", sample_rate=16000)
    assert refused.value.code == BAD_AUDIO
    assert not refused.value.is_retryable
    assert str(tmp_path) not in refused.value.message


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="The file holds no sound"):
        read_recording(film(tmp_path / "film", has_sound=False), sample_rate=16000)


def test_an_hour_in_a_few_kilobytes_takes_no_memory(tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(silent_flac(440, rate=8000))
    assert (tmp_path / "bomb").stat().st_size < 10_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_recording(tmp_path / "bomb", sample_rate=16000) as recording:
        assert recording.seconds == pytest.approx(440 * 65535 / 8000, abs=1)
        assert sum(len(block) for block in recording.blocks()) == recording.samples
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB; the samples are 220 MB as floats


def test_a_recording_over_the_limit_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    source = record(tmp_path / "source", "mp3", seconds=20.0)
    with (
        pytest.raises(WorkError, match="longer than 10 s"),
        open_recording(source, sample_rate=16000, limits=ProbeLimits(max_audio_seconds=10), scratch=tmp_path),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize("seconds", [1.0, 4 * 3600.0, 12 * 3600.0])
def test_a_worker_decodes_every_length_that_the_platform_accepted(seconds: float) -> None:
    limits = decoding_limits(seconds)
    limits.check_too_long(seconds)
    with pytest.raises(ProbeError):
        limits.check_too_long(2 * seconds + 120)
    assert limits.cpu_seconds > ProbeLimits().cpu_seconds
    assert limits.max_bytes > ProbeLimits().max_bytes


def test_a_file_longer_than_it_was_measured_is_not_decoded(tmp_path: Path) -> None:
    source = record(tmp_path / "source", "mp3", seconds=70.0)
    with (
        pytest.raises(WorkError, match="The audio is longer than"),
        open_recording(source, sample_rate=16000, limits=decoding_limits(2.0), scratch=tmp_path),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_web_process_never_decodes_customer_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = record(tmp_path / "source", "mp3")
    monkeypatch.setattr(av, "open", lambda *_, **__: pytest.fail("opened in this process"))
    assert len(read_recording(source, sample_rate=16000)) > 15_000
