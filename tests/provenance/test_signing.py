"""Signed files, read by the library that verifies them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import c2pa
import pytest

from apps.provenance import signing
from apps.provenance.signing import Claim, SigningError, sign_file
from tests.workers.audio.decoding import read_samples
from workers.contract.formats import FORMATS
from workers.contract.provenance import CREDENTIAL_FORMATS

Make = Callable[[str], Path]


@pytest.mark.parametrize("audio_format", CREDENTIAL_FORMATS)
def test_signed_file_has_valid_credentials_and_the_same_sound(audio: Make, tmp_path: Path, audio_format: str) -> None:
    source, target = audio(audio_format), tmp_path / "signed"
    sign_file(source, target, audio_format=audio_format, claim=Claim("kokoro"))
    found = credentials(target, audio_format)
    manifest = found["manifests"][found["active_manifest"]]
    assert found["validation_state"] == "Valid"
    assert manifest["signature_info"]["common_name"] == "Development signer"
    assert manifest["claim_generator_info"][0]["name"] == "Speech Platform"
    (actions,) = [one["data"]["actions"] for one in manifest["assertions"] if one["label"] == "c2pa.actions.v2"]
    assert actions == [
        {
            "action": "c2pa.created",
            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            "softwareAgent": {"name": "kokoro"},
        }
    ]
    assert (read_samples(target)[0] == read_samples(source)[0]).all()


def test_changed_sound_makes_the_credentials_invalid(audio: Make, tmp_path: Path) -> None:
    target = tmp_path / "signed"
    sign_file(audio("wav"), target, audio_format="wav", claim=Claim("kokoro"))
    data = bytearray(target.read_bytes())
    data[1000] ^= 1
    target.write_bytes(data)
    found = credentials(target, "wav")
    assert found["validation_state"] == "Invalid"
    assert "assertion.dataHash.mismatch" in {status["code"] for status in found["validation_status"]}


@pytest.mark.parametrize("audio_format", sorted(set(FORMATS) - set(CREDENTIAL_FORMATS)))
def test_format_without_credentials_is_refused(audio: Make, tmp_path: Path, audio_format: str) -> None:
    with pytest.raises(SigningError, match=f"{audio_format} cannot hold content credentials"):
        sign_file(audio(audio_format), tmp_path / "signed", audio_format=audio_format, claim=Claim("kokoro"))


def test_file_of_another_format_is_refused(audio: Make, tmp_path: Path) -> None:
    with pytest.raises(SigningError):
        sign_file(audio("mp3"), tmp_path / "signed", audio_format="wav", claim=Claim("kokoro"))


def test_too_large_a_file_is_refused(audio: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "LARGEST_BYTES", 1000)
    with pytest.raises(SigningError, match="larger than 0 MB"):
        sign_file(audio("wav"), tmp_path / "signed", audio_format="wav", claim=Claim("kokoro"))


def test_certificate_that_cannot_sign_is_the_reason(audio: Make, tmp_path: Path, settings: Any) -> None:
    settings.TTSAI_C2PA_CERTIFICATES = settings.TTSAI_C2PA_KEY = str(tmp_path / "absent.pem")
    with pytest.raises(SigningError, match=r"absent\.pem cannot be read"):
        sign_file(audio("wav"), tmp_path / "signed", audio_format="wav", claim=Claim("kokoro"))


def credentials(path: Path, audio_format: str) -> dict[str, Any]:
    with path.open("rb") as file, c2pa.Reader(FORMATS[audio_format].content_type, file) as reader:
        found: dict[str, Any] = json.loads(reader.json())
    return found
