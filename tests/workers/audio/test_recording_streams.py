"""Customers' recordings at their own rate and channels, from a pipe, and files of several channels, bit depths and tags."""

import resource
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tests.workers.audio.probe.recordings import record, silent_flac, wav_bytes
from workers.audio.encoding import EncodingOptions, FileEncoder
from workers.audio.probe.mixing import stereo_matrix
from workers.audio.probe.tags import clean_tags
from workers.audio.recordings import stream_recording
from workers.contract.errors import WorkError

TAGS = {"title": "Für Elise", "artist": "Beethoven", "album": "Bagatellen", "date": "1810", "track": "3", "genre": "Classical"}
RATE = 44_100


def chord(channels: int, *, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    """Float samples [n, channels]: 200 Hz in the first channel, 300 Hz in the second, and so on."""
    times = np.arange(round(seconds * rate)) / rate
    return np.stack([0.4 * np.sin(2 * np.pi * (200 + 100 * channel) * times) for channel in range(channels)], axis=1).astype(np.float32)


def encode(path: Path, samples: np.ndarray, *, kind: str, rate: int = RATE, **options: object) -> Path:
    settings = EncodingOptions(channels=samples.shape[1], **options)  # type: ignore[arg-type]
    with FileEncoder(path, kind, input_rate=rate, options=settings) as encoder:
        encoder.write(samples)
        encoder.finish()
    return path


def decode(path: Path, *, channels: int = 0, sample_rate: int = 0) -> np.ndarray:
    with stream_recording(path, channels=channels, sample_rate=sample_rate) as recording:
        return np.concatenate(list(recording.blocks()))


def loudest(samples: np.ndarray) -> list[int]:
    """Frequency (Hz) of the strongest partial of each channel, of a second of sound."""
    return [int(np.argmax(np.abs(np.fft.rfft(channel[:RATE])))) for channel in samples.T]


def plain_decode(path: Path) -> np.ndarray:
    """Samples [n, channels] decoded in this process, without a child: cheaper for files of our own."""
    with av.open(str(path)) as container:
        layout = container.streams.audio[0].codec_context.layout
        resampler = av.AudioResampler(format="flt", layout=layout)
        frames = [part.to_ndarray() for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate(frames, axis=1).reshape(-1, layout.nb_channels)


@pytest.mark.parametrize(("bits", "kind"), [(16, "flac"), (24, "wav"), (24, "flac"), (32, "wav")])
def test_lossless_samples_survive_encoding_and_decoding_exactly(bits: int, kind: str, tmp_path: Path) -> None:
    scale = 1 << (min(bits, 24) - 1)
    samples = (np.round(chord(3) * scale) / scale).astype(np.float32)
    with stream_recording(encode(tmp_path / "a", samples, kind=kind, bits=bits)) as recording:
        assert (recording.sample_rate, recording.channels, recording.bits) == (RATE, 3, bits)
        blocks = list(recording.blocks(block_frames=10_000))
        assert [len(block) for block in blocks] == [10_000, 10_000, 10_000, 10_000, 4100]
        assert np.array_equal(np.concatenate(blocks), samples)
        assert (recording.frames, recording.seconds) == (RATE, 1.0)


@pytest.mark.parametrize("kind", ["mp3", "wav", "flac", "ogg", "opus"])
def test_stereo_keeps_its_length_and_its_sides_in_every_format(kind: str, tmp_path: Path) -> None:
    rate = 48_000 if kind == "opus" else RATE
    decoded, found = soundfile.read(encode(tmp_path / "a", chord(2, rate=rate), kind=kind, rate=rate))
    assert (decoded.shape, found) == ((rate, 2), rate)
    assert np.abs(decoded - chord(2, rate=rate))[2000:-2000].max() < 0.05


def test_the_padding_that_aac_adds_to_m4a_is_not_decoded(tmp_path: Path) -> None:
    decoded = decode(encode(tmp_path / "a", chord(2), kind="m4a"))
    assert decoded.shape == (RATE, 2)
    assert np.abs(decoded - chord(2))[2000:-2000].max() < 0.1


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "opus", "m4a", "aac"])
def test_surround_sound_keeps_the_order_of_its_channels(kind: str, tmp_path: Path) -> None:
    samples = chord(6, seconds=1.5, rate=48_000)
    samples[:, 3] = 0.4 * np.sin(2 * np.pi * 60 * np.arange(len(samples)) / 48_000)  # the effects channel is low in lossy formats
    decoded = plain_decode(encode(tmp_path / "a", samples, kind=kind, rate=48_000, bitrate=384_000))
    middle = decoded[8000:56_000]
    assert [int(np.argmax(np.abs(np.fft.rfft(channel)))) for channel in middle.T] == [200, 300, 400, 60, 600, 700]


@pytest.mark.parametrize("kind", ["mp3", "flac", "opus", "m4a", "wav", "ogg"])
def test_tags_are_kept_by_every_format_that_holds_them(kind: str, tmp_path: Path) -> None:
    path = encode(tmp_path / "a", chord(2, seconds=0.5, rate=48_000), kind=kind, rate=48_000, tags=TAGS)
    with av.open(str(path)) as container:
        assert clean_tags(container.streams.audio[0].metadata, container.metadata) == TAGS


def test_tags_of_a_customers_file_are_read(tmp_path: Path) -> None:
    for kind in ("mp3", "ogg"):
        with stream_recording(encode(tmp_path / "a", chord(1), kind=kind, tags=TAGS)) as recording:
            assert recording.tags == TAGS


def test_unknown_long_and_unprintable_tags_are_dropped_or_cut() -> None:
    tags = clean_tags({"TITLE": "a\0b\nc", "encoder": "Lavf", "artist": "x" * 5000, "album": " \t"}, {"title": "second", "album": "kept"})
    assert tags == {"title": "abc", "artist": "x" * 1000, "album": "kept"}


def test_channels_are_mixed_as_requested_without_clipping(tmp_path: Path) -> None:
    loud = np.ones((RATE, 6), np.float32) * 0.99
    source = encode(tmp_path / "a", loud, kind="flac")
    assert decode(source, channels=2).shape == (RATE, 2)
    assert np.abs(decode(source, channels=2)).max() < 1.0
    assert decode(source, channels=1).shape == (RATE, 1)
    mono = encode(tmp_path / "b", chord(1), kind="flac")
    assert np.array_equal(decode(mono, channels=2), np.repeat(decode(mono), 2, axis=1))


def test_the_stereo_matrix_sends_each_channel_to_its_side() -> None:
    surround = stereo_matrix(["FL", "FR", "FC", "LFE", "BL", "BR"]).round(3)
    assert surround.tolist() == np.array([[0.32, 0, 0.227, 0.227, 0.227, 0], [0, 0.32, 0.227, 0.227, 0, 0.227]], np.float32).tolist()
    assert stereo_matrix(["FL", "FR"]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert stereo_matrix(["FC"]).tolist() == [[1.0], [1.0]]


def test_another_sample_rate_keeps_the_pitch_of_each_channel(tmp_path: Path) -> None:
    resampled = decode(encode(tmp_path / "a", chord(2, seconds=1.1, rate=96_000), kind="flac", rate=96_000), sample_rate=RATE)
    assert len(resampled) == pytest.approx(1.1 * RATE, abs=2)
    assert loudest(resampled) == [200, 300]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (wav_bytes(bytes(1000), announced=99_999), "it was cut off"),
        (wav_bytes(bytes(64 * 2 * 4000), channels=64), "The audio has 64 channels"),
        (wav_bytes(bytes(100_000), rate=4_000_000), "4,000,000 samples a second"),
        (silent_flac(60, rate=8000)[:-200], "it was cut off"),
    ],
    ids=["empty", "truncated", "64 channels", "huge rate", "damaged"],
)
def test_a_file_without_audio_is_refused_at_the_latest_after_its_last_block(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(content)
    with pytest.raises(WorkError, match=sentence) as refused, stream_recording(tmp_path / "source") as recording:
        for _ in recording.blocks():
            pass
    assert refused.value.code == "bad_audio"


def test_an_hour_in_a_few_kilobytes_takes_neither_memory_nor_disk(tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(silent_flac(440, rate=8000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with stream_recording(tmp_path / "bomb") as recording:
        assert sum(len(block) for block in recording.blocks()) == 440 * 65535
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB; the samples are 115 MB
    assert [path.name for path in tmp_path.iterdir()] == ["bomb"]


def test_samples_that_are_no_numbers_are_silence_or_full_scale(tmp_path: Path) -> None:
    strange = np.array([[np.nan, 0.5], [np.inf, -np.inf], [0.25, 1e30]], np.float32)
    decoded = decode(encode(tmp_path / "a", np.tile(strange, (1000, 1)), kind="wav", bits=32))
    assert np.array_equal(decoded, np.tile(np.array([[0, 0.5], [1, -1], [0.25, 1e30]], np.float32), (1000, 1)))


def test_a_reader_that_stops_early_ends_the_child_process(tmp_path: Path) -> None:
    source = record(tmp_path / "source", "mp3", seconds=8.0)
    with stream_recording(source) as recording:
        assert len(next(recording.blocks())) == RATE
    with stream_recording(source) as recording:
        assert recording.channels == 1
