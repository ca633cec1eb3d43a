"""Content credentials of files as POST /v1/audio/verify/ reads them, hostile ones included."""

import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import c2pa
import pytest

from apps.provenance.certificates import signing_identity, trust_anchors
from apps.provenance.signing import Claim, sign_file
from workers.contract.formats import FORMATS
from workers.provenance import credentials
from workers.provenance.credentials import CredentialReport, read_credentials

Make = Callable[[str], Path]
CONTAINERS = {"wav": "wav", "mp3": "mp3", "m4a": "mp4", "flac": "flac"}
UNREADABLE = CredentialReport(details={"problems": ["unreadable"]})


@pytest.fixture
def signed(audio: Make, tmp_path: Path) -> Make:
    """A function that makes a signed file in a format."""

    def make(audio_format: str) -> Path:
        target = tmp_path / f"signed.{audio_format}"
        sign_file(audio(audio_format), target, audio_format=audio_format, claim=Claim("kokoro"))
        return target

    return make


@pytest.mark.parametrize("audio_format", CONTAINERS)
def test_signed_file_names_signer_generator_and_action(signed: Make, audio_format: str) -> None:
    report = read_credentials(signed(audio_format), container=CONTAINERS[audio_format])
    assert (report.is_found, report.is_valid, report.is_trusted) == (True, True, False)
    assert report.details == {
        "signer": "Development signer",
        "organization": "Speech Platform",
        "algorithm": "Es256",
        "signed_at": "",
        "claim_generator": "Speech Platform 0.1.0",
        "title": "speech",
        "actions": [{"action": "c2pa.created", "source_type": "trainedAlgorithmicMedia", "software_agent": "kokoro"}],
        "problems": [],
    }


def test_own_root_makes_a_signature_trusted(signed: Make) -> None:
    path = signed("mp3")
    assert trust_anchors().count("BEGIN CERTIFICATE") == 1
    assert read_credentials(path, container="mp3", trust_anchors=trust_anchors()).is_trusted


def test_operators_list_of_roots_is_trusted_too(signed: Make, settings: Any, tmp_path: Path) -> None:
    path, listed = signed("mp3"), tmp_path / "roots.pem"
    listed.write_text(trust_anchors())
    settings.TTSAI_HOME, settings.TTSAI_C2PA_TRUST = tmp_path / "another", str(listed)
    assert read_credentials(path, container="mp3", trust_anchors=trust_anchors()).is_trusted
    settings.TTSAI_C2PA_TRUST = str(tmp_path / "absent.pem")
    assert trust_anchors() == ""


def test_file_that_was_changed_since_is_found_and_not_valid(signed: Make) -> None:
    path = signed("wav")
    data = bytearray(path.read_bytes())
    data[2000] ^= 1
    path.write_bytes(data)
    report = read_credentials(path, container="wav", trust_anchors=trust_anchors())
    assert (report.is_found, report.is_valid, report.is_trusted) == (True, False, False)
    assert "assertion.dataHash.mismatch" in report.details["problems"]


def test_file_without_credentials_has_none(audio: Make) -> None:
    assert read_credentials(audio("mp3"), container="mp3") == CredentialReport()


@pytest.mark.parametrize("container", ["ogg", "aac", "webm", "matroska", "unknown"])
def test_container_that_holds_no_credentials_has_none(audio: Make, container: str) -> None:
    assert read_credentials(audio("mp3"), container=container) == CredentialReport()


@pytest.mark.parametrize("container", ["wav", "mp3", "mp4", "flac"])
def test_file_that_is_no_audio_is_unreadable_or_empty_of_credentials(tmp_path: Path, container: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 40)
    report = read_credentials(path, container=container)
    assert (report.is_found, report.is_valid) == (False, False)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_truncated_signed_file_is_never_valid(signed: Make, share: float) -> None:
    path = signed("wav")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert not read_credentials(path, container="wav").is_valid


def test_manifest_that_announces_four_gigabytes_ends_where_the_file_does(signed: Make) -> None:
    path = signed("wav")
    data = path.read_bytes()
    start = data.index(b"jumb") - 4
    path.write_bytes(data[:start] + struct.pack(">I", 0xFFFFFFFF) + data[start + 4 :])
    assert read_credentials(path, container="wav").details["problems"] in ([], ["unreadable"])


def test_manifest_of_random_bytes_is_not_valid(signed: Make) -> None:
    path = signed("wav")
    data = path.read_bytes()
    start = data.index(b"jumb") + 4
    path.write_bytes(data[:start] + bytes(range(256)) * ((len(data) - start) // 256) + data[start + (len(data) - start) // 256 * 256 :])
    assert not read_credentials(path, container="wav").is_valid


def test_remote_manifest_is_not_fetched(audio: Make, tmp_path: Path) -> None:
    identity, target = signing_identity(), tmp_path / "remote.wav"
    info = c2pa.C2paSignerInfo(identity.algorithm.encode(), identity.certificates, identity.key, None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa"
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(Claim("kokoro").to_manifest())) as builder,
            audio("wav").open("rb") as source,
            target.open("w+b") as written,
        ):
            builder.set_no_embed()
            builder.set_remote_url(url)
            builder.sign(signer, FORMATS["wav"].content_type, source, written)
        assert url.encode() in target.read_bytes()
        report = read_credentials(target, container="wav")
        with pytest.raises(TimeoutError):
            server.accept()
    assert (report.is_found, report.is_valid) == (False, False)
    assert report.details["problems"] in (["remote_manifest"], ["unreadable"])


def test_child_that_hangs_is_killed_and_the_file_unreadable(audio: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "WALL_SECONDS", 0.0)
    assert read_credentials(audio("mp3"), container="mp3") == UNREADABLE
