"""Hostile archives of voices: refused with a reason, and never unpacked further than their manifest states."""

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.core.errors import InvalidRequestError
from apps.voices.archives.manifest import write_manifest
from apps.voices.archives.reading import VoiceArchive
from tests.voices.archives import packed, unpacked

Change = Callable[[dict[str, bytes], dict[str, Any]], None]
RECORDING, VOICE_FILE = b"a recording" * 200, b"a voice file"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.TTSAI_HOME = tmp_path / "home"


@pytest.fixture
def made_archive() -> bytes:
    """Archive of one voice."""
    files = {"voices/1/samples/1": RECORDING, "voices/1/voice.safetensors": VOICE_FILE}
    sample, voice_file = ({"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items())
    entry = {"name": "Ada", "categories": [], "model": "kokoro-clone", "digest": "0" * 64, "samples": [sample], "voice_file": voice_file}
    return packed(files, write_manifest([entry]))


def refusal_of(content: bytes) -> str:
    """Code with which the archive is refused."""
    with pytest.raises(InvalidRequestError) as caught:
        VoiceArchive(io.BytesIO(content)).verify()
    assert len(caught.value.message) < 500
    return caught.value.code


def test_archive_of_this_platform_is_known_by_its_signature_until_it_is_changed(made_archive: bytes) -> None:
    archive = VoiceArchive(io.BytesIO(made_archive))
    archive.verify()
    assert archive.manifest.is_own
    files, manifest = unpacked(made_archive)
    for changed in (
        {**manifest, "signature": "x"},
        {**manifest, "signature": 5},
        {name: value for name, value in manifest.items() if name != "signature"},
        {**manifest, "voices": [{**manifest["voices"][0], "name": "Bob"}]},
    ):
        assert not VoiceArchive(io.BytesIO(packed(files, changed))).manifest.is_own


def _of_voice(**values: Any) -> Change:
    return lambda files, manifest: manifest["voices"][0].update(values)


def _of_sample(**values: Any) -> Change:
    return lambda files, manifest: manifest["voices"][0]["samples"][0].update(values)


CHANGES: dict[str, tuple[Change, str]] = {
    "another format": (lambda files, manifest: manifest.update(format="other"), "invalid_archive"),
    "a later version": (lambda files, manifest: manifest.update(version=2), "unsupported_version"),
    "a version of another type": (lambda files, manifest: manifest.update(version=[1] * 50), "unsupported_version"),
    "no voices": (lambda files, manifest: manifest.update(voices=[]), "invalid_archive"),
    "voices that are no list": (lambda files, manifest: manifest.update(voices=5), "invalid_archive"),
    "21 voices": (lambda files, manifest: manifest.update(voices=manifest["voices"] * 21), "invalid_archive"),
    "the same voice twice": (lambda files, manifest: manifest.update(voices=manifest["voices"] * 2), "invalid_archive"),
    "a name of two lines": (_of_voice(name="a\nb"), "invalid_archive"),
    "a name of 101 characters": (_of_voice(name="a" * 101), "invalid_archive"),
    "no recordings": (_of_voice(samples=[]), "invalid_archive"),
    "a digest of no form": (_of_voice(digest="x"), "invalid_archive"),
    "a path out of the archive": (_of_sample(file="../../etc/passwd"), "invalid_archive"),
    "an absolute path": (_of_sample(file="/etc/passwd"), "invalid_archive"),
    "a file that is missing": (_of_sample(file="voices/1/samples/2"), "invalid_archive"),
    "another size": (_of_sample(bytes=5), "invalid_archive"),
    "a recording of 21 MB": (_of_sample(bytes=21_000_000), "invalid_archive"),
    "a negative size": (_of_sample(bytes=-1), "invalid_archive"),
    "another digest": (_of_sample(sha256="0" * 64), "digest_mismatch"),
    "a digest that is none": (_of_sample(sha256="x"), "invalid_archive"),
    "another content": (lambda files, manifest: files.update({"voices/1/samples/1": files["voices/1/samples/1"][::-1]}), "digest_mismatch"),
    "a file more": (lambda files, manifest: files.update({"voices/1/more": b"x"}), "invalid_archive"),
    "a program": (lambda files, manifest: files.update({"../run.sh": b"x"}), "invalid_archive"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_manifest_is_refused_with_its_reason(made_archive: bytes, name: str) -> None:
    change, code = CHANGES[name]
    files, manifest = unpacked(made_archive)
    change(files, manifest)
    assert refusal_of(packed(files, manifest)) == code


def _with_link(files: dict[str, bytes], manifest: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, data)
    return target.getvalue()


def _with_twice(files: dict[str, bytes], manifest: Any) -> bytes:
    target = io.BytesIO(packed(files, manifest))
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("voices/1/samples/1", b"other")
    return target.getvalue()


def _with_lying_size(files: dict[str, bytes], manifest: Any) -> bytes:
    """A bomb: 50 MB of zeros, whose directory states the size of the recording."""
    recording = files["voices/1/samples/1"]
    content = bytearray(packed({**files, "voices/1/samples/1": bytes(50_000_000)}, manifest))
    for place in range(len(content) - 4):
        if content[place : place + 4] == struct.pack("<I", 50_000_000):
            content[place : place + 4] = struct.pack("<I", len(recording))
            if content[place - 24 : place - 20] == b"PK\x01\x02":
                break
    return bytes(content)


RAW: dict[str, Callable[[dict[str, bytes], Any], bytes]] = {
    "nothing": lambda files, manifest: b"",
    "no archive": lambda files, manifest: b"hello" * 100,
    "half an archive": lambda files, manifest: packed(files, manifest)[: len(packed(files, manifest)) // 2],
    "an archive without a beginning": lambda files, manifest: packed(files, manifest)[1000:],
    "no manifest": lambda files, manifest: packed(files, None),
    "a manifest that is no JSON": lambda files, manifest: packed(files, b"{"),
    "a deep manifest": lambda files, manifest: packed(files, b"[" * 1_000_000),
    "a manifest of 5 MB": lambda files, manifest: packed(files, b'{"a": "' + b" " * 5_000_000 + b'"}'),
    "a manifest in UTF-16": lambda files, manifest: packed(files, json.dumps(manifest).encode("utf-16")),
    "two thousand files": lambda files, manifest: packed({**files, **{f"voices/9/{index}": b"" for index in range(2000)}}, manifest),
    "LZMA": lambda files, manifest: packed(files, manifest, method=zipfile.ZIP_LZMA),
    "a folder": lambda files, manifest: packed({**files, "voices/": b""}, manifest),
    "a link": _with_link,
    "a file twice": _with_twice,
}


@pytest.mark.parametrize("name", RAW)
def test_hostile_archive_is_refused_before_anything_is_unpacked(made_archive: bytes, name: str) -> None:
    assert refusal_of(RAW[name](*unpacked(made_archive))) == "invalid_archive"


def test_bomb_whose_directory_lies_is_read_no_further_than_stated(made_archive: bytes) -> None:
    assert refusal_of(_with_lying_size(*unpacked(made_archive))) in {"invalid_archive", "digest_mismatch"}
