"""Encoding, decoding, converting and joining in every format."""

import subprocess
import sys
import tracemalloc
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.audio.decoding import read_samples
from tests.workers.audio.signals import RATE, probe, silence, tone
from tests.workers.audio.stepping import opened, run_steps
from workers.audio.convert import convert_file, join_files
from workers.audio.decode import AudioReader
from workers.audio.encoding import Encoder, EncodingOptions, FileEncoder, Resampler, encode_file
from workers.audio.encoding.wav import wav_header
from workers.contract.errors import WorkError
from workers.contract.formats import FORMATS

CODECS = {"mp3": "mp3float", "wav": "pcm_s16le", "flac": "flac", "ogg": "vorbis", "opus": "opus", "aac": "aac", "m4a": "aac"}
HEADERS = {"mp3": b"\xff\xf3", "wav": b"RIFF\xff\xff\xff\xff", "flac": b"fLaC", "ogg": b"OggS", "opus": b"OggS", "aac": b"\xff\xf1"}
SOUND = np.concatenate([tone(1.5), silence(0.2), tone(1.8, hertz=330)])
SECONDS = 3.5


@pytest.fixture(params=sorted(CODECS))
def audio_format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_encoded_file_states_its_true_length(tmp_path: Path, audio_format: str) -> None:
    path = tmp_path / "sound"
    encoded = encode_file(path, [SOUND[:7001], SOUND[7001:]], audio_format=audio_format, input_rate=RATE)
    found = probe(path)
    assert (encoded.seconds, encoded.size_bytes) == (SECONDS, path.stat().st_size)
    assert found.codec == CODECS[audio_format]
    assert found.sample_rate == (48_000 if audio_format == "opus" else RATE)  # Opus always decodes at 48 kHz
    assert found.decoded_seconds == pytest.approx(SECONDS, abs=0.09)
    # Bare AAC has no header that could hold a length: FFmpeg guesses it from the bitrate of the first frames.
    assert found.header_seconds == pytest.approx(SECONDS, abs=0.5 if audio_format == "aac" else 0.01)


def test_a_file_sounds_like_what_went_in(tmp_path: Path, audio_format: str) -> None:
    encode_file(tmp_path / "sound", [SOUND], audio_format=audio_format, input_rate=RATE)
    samples, rate = read_samples(tmp_path / "sound", sample_rate=RATE)
    delay = 1024 if audio_format == "aac" else 0  # the encoder's priming, which only a container can tell
    heard = samples[delay : delay + len(SOUND)]
    assert rate == RATE
    assert np.corrcoef(heard, SOUND[: len(heard)])[0, 1] > 0.99


def test_a_stream_is_one_header_and_bytes_as_they_come(tmp_path: Path, audio_format: str) -> None:
    encoder = Encoder(audio_format, input_rate=RATE)
    chunks = [encoder.write(SOUND[start : start + 4800]) for start in range(0, len(SOUND), 4800)]
    sent_early = sum(map(len, chunks))
    chunks.append(encoder.finish())
    path = tmp_path / "sound"
    path.write_bytes(b"".join(chunks))
    assert b"".join(chunks).startswith(HEADERS.get(audio_format, b""))
    assert sent_early > (0.2 if audio_format == "ogg" else 0.6) * path.stat().st_size  # a page of Vorbis holds a second of speech
    assert encoder.seconds == SECONDS
    assert probe(path).decoded_seconds == pytest.approx(SECONDS, abs=0.09)


def test_pcm_is_bare_samples_in_stream_and_file(tmp_path: Path) -> None:
    encoder = Encoder("pcm", input_rate=RATE)
    stream = encoder.write(np.array([0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0], np.float32)) + encoder.finish()
    assert np.frombuffer(stream, "<i2").tolist() == [0, 16384, -16384, 32767, -32768, 32767, -32768]
    assert encode_file(tmp_path / "sound", [SOUND], audio_format="pcm", input_rate=RATE).size_bytes == 2 * len(SOUND)


def test_a_wav_file_is_what_other_programs_expect(tmp_path: Path) -> None:
    encode_file(tmp_path / "sound", [SOUND], audio_format="wav", input_rate=RATE)
    with wave.open(str(tmp_path / "sound")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, RATE, len(SOUND))
    assert wav_header(sample_rate=RATE, data_bytes=1 << 40)[4:8] == b"\xff\xff\xff\xff"


def test_flac_returns_every_sample(tmp_path: Path) -> None:
    exact = np.round(SOUND * 32767) / 32768
    encode_file(tmp_path / "sound", [exact.astype(np.float32)], audio_format="flac", input_rate=RATE)
    samples, _ = read_samples(tmp_path / "sound")
    assert len(samples) == len(SOUND)
    assert np.abs(samples - exact).max() <= 1.5 / 32768


@pytest.mark.parametrize(("wanted", "rate"), [(8_000, 8_000), (44_100, 44_100), (48_000, 48_000), (96_000, 96_000)])
def test_another_sample_rate_keeps_length_and_pitch(tmp_path: Path, wanted: int, rate: int) -> None:
    encoded = encode_file(tmp_path / "sound", [tone(2.0)], audio_format="wav", input_rate=RATE, sample_rate=wanted)
    samples, found = read_samples(tmp_path / "sound")
    assert (encoded.sample_rate, found) == (rate, rate)
    assert len(samples) / rate == pytest.approx(2.0, abs=0.002)
    assert np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples) == pytest.approx(220, abs=1)


@pytest.mark.parametrize(
    ("name", "low", "high"), [("mp3", 32_000, 128_000), ("opus", 16_000, 96_000), ("ogg", 45_000, 192_000), ("m4a", 32_000, 96_000)]
)
def test_a_higher_bitrate_makes_a_larger_file(tmp_path: Path, name: str, low: int, high: int) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 2 * RATE).astype(np.float32)
    sizes = [encode_file(tmp_path / "sound", [noise], audio_format=name, input_rate=RATE, bitrate=rate).size_bytes for rate in (low, high)]
    assert sizes[1] > 1.5 * sizes[0]


@pytest.mark.parametrize("samples", [0, 1, 100])
def test_hardly_any_sound_breaks_no_format(tmp_path: Path, samples: int) -> None:
    for name in FORMATS:
        encoder = Encoder(name, input_rate=RATE)
        assert isinstance(encoder.write(tone(1.0)[:samples]) + encoder.finish(), bytes)
        assert encode_file(tmp_path / name, [tone(1.0)[:samples]], audio_format=name, input_rate=RATE).seconds == samples / RATE


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no such audio format: midi"):
        Encoder("midi", input_rate=RATE)


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[NDArray[np.float32]]:
        yield tone(0.5)
        raise RuntimeError("the model broke")

    for name in FORMATS:
        with pytest.raises(RuntimeError):
            encode_file(tmp_path / "sound", broken(), audio_format=name, input_rate=RATE)
    assert list(tmp_path.iterdir()) == []


DISK_THAT_FILLS = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from workers.audio.encoding import encode_file

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
noise = np.random.default_rng(0).normal(0, 0.2, 24_000).astype(np.float32)
try:
    encode_file(Path(sys.argv[1]), [noise] * 20, audio_format=sys.argv[2], input_rate=24_000)
except OSError:
    print("OSError")
"""


@pytest.mark.parametrize("name", ["mp3", "wav", "ogg"])  # one of each kind of writer
def test_a_full_disk_is_an_error_and_leaves_no_file(tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-W", "error", "-c", DISK_THAT_FILLS, str(tmp_path / "sound"), name]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("OSError\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"this is no audio", b"RIFF\x00\x00\x00\x00WAVE", b"ID3" + b"\x00" * 500])
def test_a_file_without_audio_is_refused_with_a_code(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sound"
    path.write_bytes(content)
    with pytest.raises(WorkError) as refusal:
        read_samples(path)
    assert refusal.value.code == "bad_audio"


def test_a_file_that_is_not_there_is_refused_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(WorkError) as refusal:
        AudioReader(tmp_path / "nothing")
    assert refusal.value.code == "bad_audio"


def test_a_file_becomes_another_format(tmp_path: Path) -> None:
    encode_file(tmp_path / "a", [SOUND], audio_format="flac", input_rate=RATE)
    converted = run_steps(convert_file(tmp_path / "a", tmp_path / "b", audio_format="mp3", sample_rate=44_100))
    assert (converted.seconds, converted.sample_rate) == (SECONDS, 44_100)
    assert probe(tmp_path / "b").header_seconds == pytest.approx(SECONDS, abs=0.01)


def test_parts_become_one_file_without_a_gap(tmp_path: Path, audio_format: str) -> None:
    paths = [tmp_path / str(number) for number in range(4)]
    cuts = [0, 20_001, 40_000, 61_111, len(SOUND)]
    for path, start, end in zip(paths, cuts, cuts[1:], strict=False):
        encode_file(path, [SOUND[start:end]], audio_format="flac", input_rate=RATE)
    joined = run_steps(join_files(opened(paths), tmp_path / "all", audio_format=audio_format, options=EncodingOptions()))
    whole = encode_file(tmp_path / "whole", [SOUND], audio_format=audio_format, input_rate=RATE)
    assert (joined.file.seconds, joined.file.sample_rate) == (SECONDS, RATE)
    assert joined.part_starts == (0.0, 20_001 / RATE, 40_000 / RATE, 61_111 / RATE)
    samples, expected = (read_samples(tmp_path / name)[0] for name in ("all", "whole"))
    assert len(samples) == len(expected)
    assert np.abs(samples - expected).max() < 0.02
    assert whole.seconds == joined.file.seconds


def test_parts_at_another_rate_are_brought_to_that_of_the_first(tmp_path: Path) -> None:
    encode_file(tmp_path / "a", [tone(1.0)], audio_format="flac", input_rate=RATE)
    encode_file(tmp_path / "b", [tone(1.0)], audio_format="flac", input_rate=RATE, sample_rate=48_000)
    sources = opened([tmp_path / "a", tmp_path / "b"])
    joined = run_steps(join_files(sources, tmp_path / "all", audio_format="wav", options=EncodingOptions()))
    assert joined.part_starts == (0.0, 1.0)
    assert joined.file.seconds == pytest.approx(2.0, abs=0.002)


def test_joining_no_parts_raises_value_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to join"):
        run_steps(join_files([], tmp_path / "all", audio_format="wav", options=EncodingOptions()))


def test_ten_minutes_are_converted_in_the_memory_of_seconds(tmp_path: Path) -> None:
    encode_file(tmp_path / "a", (tone(1.0) for _ in range(600)), audio_format="flac", input_rate=RATE)
    tracemalloc.start()
    joined = run_steps(join_files(opened([tmp_path / "a"]), tmp_path / "b", audio_format="wav", options=EncodingOptions()))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert joined.file.seconds == 600
    assert peak_bytes < 4_000_000  # the samples alone are 58 MB


def test_file_encoder_reports_size_digest_and_length(tmp_path: Path) -> None:
    with FileEncoder(tmp_path / "a", "opus", input_rate=22_050) as encoder:
        encoder.write(np.zeros(22_050, np.float32))
        encoded = encoder.finish()
    assert (encoded.seconds, encoded.sample_rate, encoded.size_bytes) == (1.0, 24_000, (tmp_path / "a").stat().st_size)


def test_equal_rates_are_not_resampled() -> None:
    resampler = Resampler(input_rate=RATE, output_rate=RATE)
    block = tone(0.1)
    assert resampler.feed(block) is block
    assert len(resampler.finish()) == 0
