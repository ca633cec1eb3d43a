"""Files of every kind uploaded to the running platform: the content decides, errors are clear 4xx, and nothing crashes."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.flows.running import RunningPlatform
from tests.sweep.bad import check_answer
from tests.workers.audio.probe.recordings import FORMATS, box, film, packed_mp4, record, silent_flac, tone, wav_bytes

CONTAINERS = {"m4a": "mp4", "mkv": "matroska"}


@pytest.fixture(scope="module")
def client(swept: RunningPlatform) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=swept.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def web_pids(swept: RunningPlatform) -> list[int]:
    """Process ids of the web process, before it received files."""
    return swept.pids("web")


def send(client: httpx.Client, key: str, content: bytes, *, name: str = "song.mp3") -> httpx.Response:
    """Announce a file under a meaningless name and type, and send it."""
    body = {"bytes": max(1, len(content)), "file_name": name, "content_type": "audio/mpeg"}
    announced = client.post("/v1/uploads/", json=body, headers={"Authorization": f"Bearer {key}"})
    assert announced.status_code == 200, announced.text
    address: dict[str, Any] = announced.json()
    return client.put(address["url"], content=content, headers=address["headers"])


NAMES = ("song.exe", "", "song.mp3", "../../etc/passwd", "a\x01b", "c\r\nd", "é😀" * 60, "song.wav", "%s%n")


@pytest.mark.parametrize(("kind", "name"), list(zip(FORMATS, NAMES, strict=True)))
def test_every_supported_format_is_accepted_under_any_file_name(
    client: httpx.Client, key: str, kind: str, name: str, tmp_path: Path
) -> None:
    answer = send(client, key, record(tmp_path / "a", kind, seconds=0.5).read_bytes(), name=name)
    assert (answer.status_code, answer.json()["audio"]["container"]) == (200, CONTAINERS.get(kind, kind)), answer.text


def noise(size: int) -> bytes:
    return random.Random(4).randbytes(size)


def cut(kind: str, share: float) -> Callable[[Path], bytes]:
    """Beginning of a valid file."""

    def make(folder: Path) -> bytes:
        content = record(folder / "whole", kind, seconds=5.0).read_bytes()
        return content[: int(len(content) * share)]

    return make


def scratched(kind: str) -> Callable[[Path], bytes]:
    """Valid header, and noise in place of the audio."""

    def make(folder: Path) -> bytes:
        content = record(folder / "whole", kind, seconds=5.0).read_bytes()
        return content[:200] + noise(len(content) - 200)

    return make


def same(content: bytes) -> Callable[[Path], bytes]:
    return lambda _: content


FILES: dict[str, tuple[Callable[[Path], bytes], set[str]]] = {
    "one sample": (same(wav_bytes(b"\0\0")), {"too_short"}),
    "no sample": (same(wav_bytes(b"")), {"no_audio"}),
    "a header alone": (same(wav_bytes(b"")[:44]), {"no_audio"}),
    "half a header": (same(wav_bytes(b"")[:20]), {"corrupt_audio", "no_audio"}),
    "an hour in a kilobyte": (same(wav_bytes(bytes(900), announced=3600 * 32000)), {"truncated_audio"}),
    "five hours in nine kilobytes": (same(silent_flac(700, rate=2400)), {"sample_rate_out_of_range", "too_long"}),
    "five hours of silence": (same(silent_flac(1200, rate=4000)), {"too_long"}),
    "four million samples a second": (same(wav_bytes(bytes(400_000), rate=4_000_000)), {"sample_rate_out_of_range"}),
    "one sample a second": (same(wav_bytes(bytes(400), rate=1)), {"sample_rate_out_of_range"}),
    "no samples a second": (same(wav_bytes(bytes(400), rate=0)), {"corrupt_audio", "no_audio", "sample_rate_out_of_range"}),
    "64 channels": (same(wav_bytes(tone(1.0, rate=8000, channels=64).tobytes(), rate=8000, channels=64)), {"too_many_channels"}),
    "65535 channels": (same(wav_bytes(bytes(400_000), channels=65535)), {"too_many_channels", "corrupt_audio", "no_audio"}),
    "no channel": (same(wav_bytes(bytes(4000), channels=0)), {"corrupt_audio", "no_audio", "too_many_channels"}),
    "a video without sound": (lambda folder: film(folder / "film", has_sound=False).read_bytes(), {"no_audio"}),
    "a WebM video without sound": (lambda folder: film(folder / "film", muxer="webm", has_sound=False).read_bytes(), {"no_audio"}),
    "a bomb in QuickTime": (lambda _: packed_mp4(200_000_000), {"corrupt_audio", "no_audio", "too_complex", "unsupported_format"}),
    "boxes without end": (same(box(b"ftyp", b"isom") + box(b"moov", box(b"trak", b"") * 1000)), {"corrupt_audio", "no_audio"}),
    "a text": (same(b"Once upon a time there was no sound. " * 100), {"unsupported_format"}),
    "a page": (same(b"<!doctype html><script>alert(1)</script>" * 10), {"unsupported_format"}),
    "an archive": (same(b"PK\x03\x04" + noise(5000)), {"unsupported_format"}),
    "a picture": (same(b"\x89PNG\r\n\x1a\n" + noise(5000)), {"unsupported_format"}),
    "a playlist": (same(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), {"unsupported_format"}),
    "a list of files to join": (same(b"ffconcat version 1.0\nfile /etc/passwd\n"), {"unsupported_format"}),
    "a session description": (same(b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"), {"unsupported_format"}),
    "a program": (same(b"\x7fELF" + noise(5000)), {"unsupported_format"}),
    "zeros": (same(bytes(100_000)), {"unsupported_format"}),
    "noise": (same(noise(100_000)), {"unsupported_format", "corrupt_audio"}),
    "a tag and nothing behind it": (same(b"ID3\x04\0\0\0\0\x0f\x7f" + bytes(2047)), {"unsupported_format"}),
    "a tag that promises 256 MB": (same(b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(500)), {"unsupported_format"}),
    **{f"a cut {kind}": (cut(kind, 0.5), {"truncated_audio", "corrupt_audio", "no_audio"}) for kind in ("wav", "flac", "m4a", "mp4")},
    **{f"the first bytes of {kind}": (cut(kind, 0.002), {"truncated_audio", "corrupt_audio", "no_audio", "unsupported_format", "too_short"})
       for kind in FORMATS},
    **{f"a scratched {kind}": (scratched(kind), {"truncated_audio", "corrupt_audio", "no_audio", "unsupported_format", "too_short"})
       for kind in ("mp3", "flac", "ogg", "webm", "mkv", "aac")},
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_audio_is_a_clear_client_error(
    client: httpx.Client, key: str, name: str, tmp_path: Path, web_pids: list[int]
) -> None:
    make, codes = FILES[name]
    answer = send(client, key, make(tmp_path))
    error = check_answer(status=answer.status_code, headers=answer.headers, body=answer.content)
    assert error["code"] in codes, error
    assert error["param"] == "file"
    assert all(psutil.pid_exists(pid) for pid in web_pids)


AS_FORM = (
    "one sample", "no sample", "an hour in a kilobyte", "four million samples a second", "64 channels", "a video without sound", "a cut flac",
    "a scratched mp3", "a text",
)  # fmt: skip


@pytest.mark.parametrize("name", AS_FORM)
def test_the_same_file_in_a_form_gets_the_same_error(client: httpx.Client, key: str, name: str, tmp_path: Path) -> None:
    make, codes = FILES[name]
    answer = client.post("/v1/stt/", files={"file": ("audio.wav", make(tmp_path))}, headers={"Authorization": f"Bearer {key}"})
    error = check_answer(status=answer.status_code, headers=answer.headers, body=answer.content)
    assert error["code"] in codes, error
    assert error["param"] == "file"


def test_an_empty_file_and_a_wrong_size_are_clear_client_errors(client: httpx.Client, key: str) -> None:
    for content, code in ((b"", "size_mismatch"), (b"x", "unsupported_format")):
        answer = send(client, key, content)
        assert check_answer(status=answer.status_code, headers=answer.headers, body=answer.content)["code"] == code


def test_no_child_and_no_file_is_left(swept: RunningPlatform) -> None:
    (web,) = swept.pids("web")
    assert psutil.Process(web).children() == []
    of_the_worker = {".lock", ".computing"}
    assert [path.name for path in (swept.home / "tmp").rglob("*") if path.is_file() and path.suffix not in of_the_worker] == []
