"""Probing: the content decides, decoding measures, and no file harms the calling process."""

import contextlib
import logging
import os
import random
import re
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.workers.audio.probe.recordings import (
    FORMATS,
    box,
    film,
    packed_mp4,
    record,
    silent_flac,
    tone,
    wav_bytes,
    with_cover,
    with_subtitles,
)
from workers.audio.probe import AudioInfo, ProbeError, ProbeLimits, probe_file

CODECS = {"mp3": "mp3", "wav": "pcm_s16le", "flac": "flac", "ogg": "opus", "webm": "opus", "mkv": "flac"}
REFUSALS = {"corrupt_audio", "truncated_audio", "unsupported_format", "unsupported_codec", "no_audio", "too_short", "too_many_channels"}
REFUSALS |= {"sample_rate_out_of_range"}
CONTAINERS = {"m4a": "mp4", "mkv": "matroska"}


def code_of(path: Path, limits: ProbeLimits = ProbeLimits()) -> str:  # noqa: B008 - it is frozen
    with pytest.raises(ProbeError) as refused:
        probe_file(path, limits=limits)
    assert refused.value.message.endswith(".")
    assert str(path.parent) not in refused.value.message
    return refused.value.code


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_that_is_taken_is_known_and_measured(kind: str, tmp_path: Path) -> None:
    path = record(tmp_path / "misleading.txt", kind, seconds=2.0)
    info = probe_file(path)
    expected = AudioInfo(
        container=CONTAINERS.get(kind, kind),
        codec=CODECS.get(kind, "aac"),
        audio_seconds=info.audio_seconds,
        sample_rate=FORMATS[kind][2],
        channels=1,
        bytes=path.stat().st_size,
    )
    assert info == expected
    assert info.audio_seconds == pytest.approx(2.0, abs=0.06)  # encoders pad


def test_channels_and_rates_are_those_of_the_sound(tmp_path: Path) -> None:
    stereo = probe_file(record(tmp_path / "stereo", "mp3", rate=22050, channels=2))
    assert (stereo.sample_rate, stereo.channels) == (22050, 2)
    surround = probe_file(record(tmp_path / "surround", "flac", rate=96000, channels=6))
    assert (surround.sample_rate, surround.channels) == (96000, 6)


@pytest.mark.parametrize("muxer", ["mp4", "webm"])
def test_video_is_priced_by_its_audio_only(muxer: str, tmp_path: Path) -> None:
    info = probe_file(film(tmp_path / "film", muxer=muxer, seconds=3.0, sound_seconds=1.0))
    assert info.audio_seconds == pytest.approx(1.0, abs=0.06)
    assert info.container == muxer
    assert code_of(film(tmp_path / "silent film", muxer=muxer, has_sound=False)) == "no_audio"


def test_pictures_and_subtitles_beside_the_sound_are_passed_over(tmp_path: Path) -> None:
    mp3 = record(tmp_path / "plain.mp3", "mp3")
    assert probe_file(with_cover(tmp_path / "cover.mp3", sound=mp3)).codec == "mp3"
    flac = record(tmp_path / "plain.flac", "flac")
    assert probe_file(with_cover(tmp_path / "cover.flac", sound=flac, muxer="flac")).codec == "flac"
    subtitled = with_subtitles(tmp_path / "subtitled.mkv", sound=flac, subtitles=tmp_path / "hello.srt")
    assert probe_file(subtitled).audio_seconds == pytest.approx(1.0)


def test_length_is_measured_where_no_header_states_it(tmp_path: Path) -> None:
    live = record(tmp_path / "live.webm", "webm", seconds=3.0, live="1")
    assert probe_file(live).audio_seconds == pytest.approx(3.0, abs=0.05)
    bare = record(tmp_path / "bare.mp3", "mp3", seconds=3.0, write_xing="0")
    assert probe_file(bare).audio_seconds == pytest.approx(3.0, abs=0.1)
    fragmented = record(tmp_path / "fragmented.mp4", "mp4", seconds=3.0, movflags="frag_keyframe+empty_moov")
    assert probe_file(fragmented).audio_seconds == pytest.approx(3.0, abs=0.05)
    piped = tmp_path / "piped.wav"
    for announced in (0, 0x7FFFFFFF, 0xFFFFFFFF):
        piped.write_bytes(wav_bytes(tone(3.0, rate=16000).tobytes(), announced=announced))
        assert probe_file(piped).audio_seconds == pytest.approx(3.0)


def test_an_hour_of_silence_in_six_kilobytes_is_an_hour(tmp_path: Path) -> None:
    path = tmp_path / "hour.flac"
    path.write_bytes(silent_flac(440))
    assert path.stat().st_size < 7000
    assert probe_file(path).audio_seconds == 440 * 65535 / 8000
    assert code_of(path, ProbeLimits(max_audio_seconds=3599)) == "too_long"


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "mp4", "webm", "mkv", "ogg", "aac"])
def test_truncated_file_is_distinguished_from_a_short_one(kind: str, tmp_path: Path) -> None:
    options = {"movflags": "+faststart"} if kind == "mp4" else {}
    path = record(tmp_path / "whole", kind, seconds=10.0, **options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert code_of(path) == "truncated_audio"


@pytest.mark.parametrize("missing", [1, 100, 20_000])
def test_an_ogg_file_that_ends_inside_a_page_was_cut_off(missing: int, tmp_path: Path) -> None:
    path = record(tmp_path / "whole", "ogg", seconds=10.0)
    content = path.read_bytes()
    path.write_bytes(content[:-missing])
    assert code_of(path) == "truncated_audio"
    last = content.rfind(b"OggS")
    for end in (last + 10, last + 27, last + 30):  # inside the header of the last page
        path.write_bytes(content[:end])
        assert code_of(path) == "truncated_audio"
    path.write_bytes(content[:last])  # a recording of a station, say, which never says that it ends
    assert probe_file(path).audio_seconds == pytest.approx(9.5, abs=0.6)
    path.write_bytes(content + b"TAG" + bytes(125))  # what does not belong to it harms nobody
    assert probe_file(path).audio_seconds == pytest.approx(10.0, abs=0.05)


def test_an_mp4_without_its_index_is_damaged(tmp_path: Path) -> None:
    path = record(tmp_path / "whole", "m4a", seconds=10.0)
    path.write_bytes(path.read_bytes()[:20_000])
    assert code_of(path) == "corrupt_audio"


def test_an_hour_that_only_a_header_promises_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    path.write_bytes(wav_bytes(bytes(1000), announced=3600 * 32000))
    assert code_of(path) == "truncated_audio"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (wav_bytes(b""), "no_audio"),
        (wav_bytes(b"\1\0"), "too_short"),
        (wav_bytes(bytes(32000), rate=2_000_000_000), "sample_rate_out_of_range"),
        (wav_bytes(bytes(32000), rate=4_000_000_000), "corrupt_audio"),  # beyond what FFmpeg's integers hold
        (wav_bytes(bytes(32000), rate=100), "sample_rate_out_of_range"),
        (wav_bytes(bytes(128 * 1000), channels=64), "too_many_channels"),
        (wav_bytes(bytes(32000), channels=0), "corrupt_audio"),
        (b"Dear sir, this is a letter.\n" * 100, "unsupported_format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "unsupported_format"),
        (b"\xff" * 100_000, "unsupported_format"),
        (bytes(100_000), "unsupported_format"),
        (random.Random(1).randbytes(200_000), "unsupported_format"),
        (b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + b"#EXTM3U\nfile:///etc/passwd\n", "unsupported_format"),
        (b"ID3\4\0\0\x7f\x7f\x7f\x7f", "unsupported_format"),
        (b"fLaC" + bytes(1000), "corrupt_audio"),
        (b"fLaC\0\0\0\x22" + b"\xff" * 1000, "corrupt_audio"),
        (b"OggS" + bytes(1000), "corrupt_audio"),
        (b"\x1a\x45\xdf\xa3" + b"\xff" * 1000, "corrupt_audio"),
        (box(b"ftyp", b"isom\0\0\2\0isom"), "corrupt_audio"),
        (box(b"ftyp", b"isom\0\0\2\0isom") + box(b"mdat", bytes(5000)), "corrupt_audio"),
        (b"RIFF\xff\xff\xff\xffWAVE", "corrupt_audio"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_without_audio_is_refused_with_its_reason(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    assert code_of(path) == code


@pytest.mark.parametrize(
    "script",
    [
        "ffconcat version 1.0\nfile /etc/passwd\n",
        "ffconcat version 1.0\nfile 'http://169.254.169.254/latest/meta-data/'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:6379/\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>file:///etc/passwd</BaseURL></MPD>',
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n",
        "[playlist]\nFile1=http://127.0.0.1/\n",
        ";FFMETADATA1\ntitle=x\n",
        "RTSPtext\r\nrtsp://127.0.0.1/\r\n",
    ],
)
@pytest.mark.parametrize("name", ["list.mp3", "list.m3u8", "list.ffconcat"])
def test_a_file_that_names_other_files_is_never_followed(script: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(script)
    assert code_of(path) == "unsupported_format"


def test_an_archive_is_refused_and_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(100_000_000))
    assert code_of(path) == "unsupported_format"


def test_an_index_that_unpacks_beyond_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mov"
    path.write_bytes(packed_mp4(600_000_000))
    assert code_of(path) in {"too_complex", "corrupt_audio"}


def test_sound_in_another_coding_is_named(tmp_path: Path) -> None:
    FORMATS["ac3"] = ("mp4", "ac3", 48000)
    try:
        path = record(tmp_path / "film sound", "ac3")
    finally:
        del FORMATS["ac3"]
    with pytest.raises(ProbeError, match="AC-3") as refused:
        probe_file(path)
    assert refused.value.code == "unsupported_codec"


def test_a_large_file_is_refused_before_anything_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "large.wav"
    path.write_bytes(wav_bytes(bytes(10_000)))
    assert code_of(path, ProbeLimits(max_bytes=10_000)) == "too_large"


def test_a_scratch_in_a_recording_is_noted_and_its_rest_is_taken(tmp_path: Path) -> None:
    path = record(tmp_path / "scratched.aac", "aac", seconds=10.0)
    content = bytearray(path.read_bytes())
    content[20_000:20_400] = bytes(400)
    path.write_bytes(bytes(content))
    info = probe_file(path)
    assert info.is_damaged
    assert info.audio_seconds == pytest.approx(10.0, abs=0.3)


def test_a_probe_is_limited_in_time_and_memory(tmp_path: Path) -> None:
    path = record(tmp_path / "sound", "ogg", seconds=60.0)
    assert code_of(path, ProbeLimits(wall_seconds=0.02)) == "too_complex"
    hours = tmp_path / "hours.wav"
    hours.write_bytes(wav_bytes(bytes(200_000_000), rate=8000))
    assert code_of(hours, ProbeLimits(cpu_seconds=0)) == "too_complex"


@contextlib.contextmanager
def meeting_the_child(meet: Callable[[psutil.Process], bool]) -> Iterator[None]:
    """Call `meet` with the probe's child process within this block until it returns true."""
    mine, is_met = psutil.Process(), threading.Event()

    def look() -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not is_met.is_set():
            with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
                for child in mine.children():
                    if "workers.audio.probe.child" in " ".join(child.cmdline()) and meet(child):
                        is_met.set()
            time.sleep(0.001)

    thread = threading.Thread(target=look)
    thread.start()
    yield
    thread.join()
    assert is_met.is_set()


@pytest.fixture(scope="module")
def long_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes of silence."""
    return record(tmp_path_factory.mktemp("long") / "long.ogg", "ogg", seconds=600.0, is_silent=True)


def test_a_crash_of_the_child_is_one_refusal_and_no_more(long_recording: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = long_recording

    def crash(child: psutil.Process) -> bool:
        os.kill(child.pid, signal.SIGSEGV)
        return True

    with caplog.at_level(logging.ERROR), meeting_the_child(crash):
        assert code_of(path) == "corrupt_audio"
    assert "probe_crashed signal=SIGSEGV" in caplog.text
    assert probe_file(path).audio_seconds == pytest.approx(600.0, abs=0.1)


def test_decoding_child_has_no_secrets_and_cannot_open_files(long_recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "secret")

    def is_sealed(child: psutil.Process) -> bool:
        assert set(child.environ()) <= {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "OPENBLAS_NUM_THREADS", "LC_CTYPE"}
        limits = dict(re.findall(r"^(Max \w+(?: \w+)*?) {2,}(\d+)", Path(f"/proc/{child.pid}/limits").read_text(), re.MULTILINE))
        return limits == limits | {"Max open files": "0", "Max file size": "0", "Max core file size": "0", "Max cpu time": "120"}

    with meeting_the_child(is_sealed):
        assert probe_file(long_recording).codec == "opus"


@pytest.mark.parametrize("kind", ["mp3", "wav", "flac", "ogg", "m4a", "webm"])
def test_a_damaged_file_is_refused_or_read_but_never_crashes(kind: str, tmp_path: Path) -> None:
    chance = random.Random(kind)
    whole = record(tmp_path / "whole", kind, seconds=1.0).read_bytes()
    path, codes = tmp_path / "damaged", set()
    for _ in range(8):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 10, 200))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(bytes(content[: chance.choice((len(content), chance.randrange(1, len(content))))]))
        try:
            info = probe_file(path)
        except ProbeError as refused:
            codes.add(refused.code)
        else:
            assert 0 < info.audio_seconds < 100
    assert codes <= REFUSALS
