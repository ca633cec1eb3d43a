"""Decoding to plain samples in the requested form; the file is complete or absent."""

import wave
from pathlib import Path

import numpy as np
import pytest

from tests.workers.audio.probe.recordings import FORMATS, film, record, tone, wav_bytes
from workers.audio.probe import ProbeError, ProbeLimits, decode_file


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_becomes_the_same_tone(kind: str, tmp_path: Path) -> None:
    decoded = decode_file(record(tmp_path / "source", kind, seconds=2.0), tmp_path / "samples.wav", sample_rate=16000)
    with wave.open(str(tmp_path / "samples.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        assert file.getnframes() == decoded.samples
        samples = np.frombuffer(file.readframes(decoded.samples), np.int16)
    assert decoded.audio_seconds == pytest.approx(2.0, abs=0.06)
    middle = samples[8000:24000].astype(float)
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 440  # one second: one bin for each Hz
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(8000 / np.sqrt(2), rel=0.05)


def test_the_files_own_rate_and_two_channels_are_kept_where_they_are_wished(tmp_path: Path) -> None:
    source = tmp_path / "source.wav"
    source.write_bytes(wav_bytes(np.array([1000, -1000, 2000, -2000] * 1000, np.int16).tobytes(), rate=22050, channels=2))
    decoded = decode_file(source, tmp_path / "samples.wav", channels=2)
    assert (decoded.sample_rate, decoded.channels, decoded.samples) == (22050, 2, 2000)
    assert (tmp_path / "samples.wav").read_bytes() == source.read_bytes()


def test_two_channels_are_mixed_to_one(tmp_path: Path) -> None:
    source = tmp_path / "source.wav"
    source.write_bytes(wav_bytes(np.array([1000, 3000] * 2000, np.int16).tobytes(), channels=2))
    decode_file(source, tmp_path / "samples", has_header=False)
    assert set(np.fromfile(tmp_path / "samples", np.int16).tolist()) == {2000}


@pytest.mark.parametrize("channels", range(3, 9))
def test_more_channels_are_mixed_too(channels: int, tmp_path: Path) -> None:
    source = tmp_path / "source.wav"
    source.write_bytes(wav_bytes(tone(1.0, rate=16000, channels=channels).tobytes(), channels=channels))
    decoded = decode_file(source, tmp_path / "samples.wav")
    assert (decoded.source.channels, decoded.channels, decoded.samples) == (channels, 1, 16000)


def test_float_samples_have_full_scale_one(tmp_path: Path) -> None:
    source = tmp_path / "source.wav"
    source.write_bytes(wav_bytes(np.full(2000, 16384, np.int16).tobytes()))
    decode_file(source, tmp_path / "samples", sample_format="f32", has_header=False)
    assert set(np.fromfile(tmp_path / "samples", np.float32).tolist()) == {0.5}
    decode_file(source, tmp_path / "samples.wav", sample_format="f32")
    header = (tmp_path / "samples.wav").read_bytes()[:44]
    assert header[20:22] == b"\3\0"
    assert header[40:44] == (8000).to_bytes(4, "little")


def test_the_sound_of_a_video_is_decoded(tmp_path: Path) -> None:
    decoded = decode_file(film(tmp_path / "film.mp4"), tmp_path / "samples.wav", sample_rate=16000)
    assert decoded.audio_seconds == pytest.approx(1.0, abs=0.06)


def test_recordings_strung_together_are_read_to_the_end_or_refused(tmp_path: Path) -> None:
    one, two, stereo = (
        record(tmp_path / f"{name}", "ogg", channels=channels) for name, channels in (("one", 1), ("two", 1), ("stereo", 2))
    )
    chained = tmp_path / "chained.ogg"
    chained.write_bytes(one.read_bytes() + two.read_bytes())
    decoded = decode_file(chained, tmp_path / "samples.wav", sample_rate=16000)
    assert decoded.audio_seconds == pytest.approx(2.0, abs=0.06)
    chained.write_bytes(one.read_bytes() + stereo.read_bytes())
    with pytest.raises(ProbeError) as refused:  # FFmpeg stops where the shape of Opus changes: half of the sound would be lost unseen
        decode_file(chained, tmp_path / "samples.wav")
    assert refused.value.code == "corrupt_audio"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"no sound\n" * 50, "unsupported_format"), (wav_bytes(bytes(1000), announced=99_999), "truncated_audio")],
)
def test_a_refusal_leaves_no_file(content: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(content)
    with pytest.raises(ProbeError) as refused:
        decode_file(tmp_path / "source", tmp_path / "samples.wav")
    assert refused.value.code == code
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_recording_that_is_too_long_is_left_off_at_the_limit(tmp_path: Path) -> None:
    source = record(tmp_path / "source", "mp3", seconds=20.0)
    with pytest.raises(ProbeError, match="longer than 10 s"):
        decode_file(source, tmp_path / "samples.wav", limits=ProbeLimits(max_audio_seconds=10))
    assert not (tmp_path / "samples.wav").exists()


def test_a_full_disk_is_not_the_files_fault(tmp_path: Path) -> None:
    source = record(tmp_path / "source", "mp3", seconds=10.0)
    (tmp_path / "samples.wav").symlink_to("/dev/full")  # a link: what is left of a failure is removed
    with pytest.raises(OSError, match="No space left on device"):
        decode_file(source, tmp_path / "samples.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
