"""The manifest of an archive of voices: its fields, their limits, and the signature by which a platform knows its own archives."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from rest_framework import serializers

from apps.core import fields
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.voices.models import EMBEDDING_SIZE
from apps.voices.recordings import LIMITS
from workers.contract.formats import FORMATS

FORMAT: Final = "ttsai-voices"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
MOST_VOICES: Final = 20
MOST_SAMPLES: Final = 50
"""Most recordings of one voice in an archive; the plan may allow fewer."""
ARCHIVE_BYTES: Final = 100_000_000
"""Largest archive, and largest sum of its unpacked files: what is exported can be imported."""
MANIFEST_BYTES: Final = 4 << 20
VOICE_FILE_BYTES: Final = 32 << 20
FILE_NAME: Final = r"^voices/[0-9]{1,3}/(?:samples/[0-9]{1,3}|voice|demo)(?:\.[a-z0-9]{1,12})?\Z"
SHA256: Final = r"^[0-9a-f]{64}\Z"
_signer = Signer(salt="voices.archive")


class MemberSerializer(serializers.Serializer[Any]):
    """File of the archive."""

    file = serializers.RegexField(FILE_NAME)
    sha256 = serializers.RegexField(SHA256)
    bytes = serializers.IntegerField(min_value=1, max_value=ARCHIVE_BYTES)


class SampleMemberSerializer(MemberSerializer):
    """Recording of the speaker."""

    bytes = serializers.IntegerField(min_value=1, max_value=LIMITS.max_bytes)
    file_name = fields.Text(required=False, default="", allow_blank=True, max_length=255)
    transcript = fields.Text(required=False, default="", allow_blank=True, max_length=5000)


class VoiceFileSerializer(MemberSerializer):
    bytes = serializers.IntegerField(min_value=1, max_value=VOICE_FILE_BYTES)


class DemoMemberSerializer(VoiceFileSerializer):
    """Demo of the voice."""

    format = serializers.ChoiceField(choices=list(FORMATS))
    audio_seconds = fields.Number(min_value=0)
    sample_rate = serializers.IntegerField(min_value=0)


class VoiceEntrySerializer(serializers.Serializer[Any]):
    """Voice of the archive."""

    name = fields.Text(max_length=100, trim_whitespace=True)
    categories = serializers.ListField(child=fields.Text(max_length=50), max_length=20, default=list)
    model = fields.Text(max_length=100)
    language = fields.Text(required=False, default="", allow_blank=True, max_length=20)
    gender = serializers.ChoiceField(choices=["male", "female", "neutral"], default="neutral")
    is_fitted = fields.Flag(default=False)
    is_revoked = fields.Flag(default=False)
    digest = serializers.RegexField(SHA256)
    samples = SampleMemberSerializer(many=True, max_length=MOST_SAMPLES)  # type: ignore[call-arg]  # of the list
    voice_file = VoiceFileSerializer(required=False, allow_null=True, default=None)
    demo = DemoMemberSerializer(required=False, allow_null=True, default=None)
    report = serializers.DictField(required=False, allow_null=True, default=None)

    def validate_name(self, value: str) -> str:
        """One line, as for every voice."""
        if not value.isprintable():
            raise serializers.ValidationError("A name is one line of printable characters.", code="invalid")
        return value


class ManifestSerializer(serializers.Serializer[Any]):
    voices = VoiceEntrySerializer(many=True, allow_empty=False, max_length=MOST_VOICES)  # type: ignore[call-arg]  # of the list


_SHAPE = ManifestSerializer()


@dataclass(frozen=True, slots=True)
class Member:
    """File of an archive."""

    file: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class SampleMember(Member):
    """Recording of a voice."""

    file_name: str
    transcript: str


@dataclass(frozen=True, slots=True)
class DemoMember(Member):
    """Demo of a voice."""

    format: str
    audio_seconds: float
    sample_rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceEntry:
    """Voice of an archive."""

    name: str
    categories: tuple[str, ...]
    model: str
    language: str
    gender: str
    is_fitted: bool
    is_revoked: bool
    digest: str
    """Digest by which an account has the voice's enrolment once; counts in an archive of this platform only."""
    samples: tuple[SampleMember, ...]
    """Recordings; none of a voice that was designed."""
    voice_file: Member | None
    demo: DemoMember | None
    report: Mapping[str, Any] | None

    @property
    def members(self) -> tuple[Member, ...]:
        return (*self.samples, *(one for one in (self.voice_file, self.demo) if one is not None))

    @property
    def embedding(self) -> list[float]:
        """Speaker embedding of the report; empty if it has none."""
        found = (self.report or {}).get("embedding")
        is_embedding = isinstance(found, list) and len(found) == EMBEDDING_SIZE and all(isinstance(one, int | float) for one in found)
        return list(found) if is_embedding and isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class VoiceManifest:
    """Validated manifest."""

    voices: tuple[VoiceEntry, ...]
    is_own: bool
    """True if this platform wrote the archive, so that its voice files are what they say."""


def write_manifest(voices: list[dict[str, Any]]) -> bytes:
    """Manifest with its signature."""
    body = {"format": FORMAT, "version": VERSION, "voices": voices, "signature": _signer.signature(_digest(voices))}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def read_manifest(body: Any) -> VoiceManifest:
    """Validate a parsed manifest. Raises InvalidRequestError (invalid_archive, unsupported_version) or a ValidationError."""
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise invalid_archive(f"its {MANIFEST} is not one of voices: `format` must be {FORMAT!r}")
    if body.get("version") != VERSION:
        shown = repr(body.get("version"))[:50]
        message = (
            f"The archive has version {shown}; this server reads version {VERSION}. Export the voices again with a server of this version."
        )
        raise InvalidRequestError(message, code="unsupported_version", param="file")
    found = validated(_SHAPE, body)
    entries = tuple(_entry(one) for one in found["voices"])
    _check_unique(entries)
    return VoiceManifest(entries, is_own=_is_signed(body))


def invalid_archive(reason: str) -> InvalidRequestError:
    """400 for a file that is no archive of voices, or a damaged or forged one."""
    return InvalidRequestError(
        f"This is no archive of voices: {reason}. POST /api/voices/export makes them.", code="invalid_archive", param="file"
    )


def _entry(one: Mapping[str, Any]) -> VoiceEntry:
    voice_file, demo = one["voice_file"], one["demo"]
    return VoiceEntry(
        **{
            **one,
            "categories": tuple(dict.fromkeys(one["categories"])),
            "samples": tuple(SampleMember(**sample) for sample in one["samples"]),
            "voice_file": Member(**voice_file) if voice_file else None,
            "demo": DemoMember(**demo) if demo else None,
        }
    )


def _check_unique(entries: tuple[VoiceEntry, ...]) -> None:
    names = [member.file for entry in entries for member in entry.members]
    if len(names) != len(set(names)):
        raise invalid_archive("two of its voices name the same file")
    recordings = [(entry.model, frozenset(sample.sha256 for sample in entry.samples) or entry.digest) for entry in entries]
    if len(recordings) != len(set(recordings)):
        raise InvalidRequestError("Two voices of the archive have the same recordings.", code="duplicate_voice", param="file")
    for entry in entries:
        if len({sample.sha256 for sample in entry.samples}) != len(entry.samples):
            raise InvalidRequestError(f"The voice {entry.name!r} has a recording twice.", code="duplicate_voice", param="file")
    if sum(member.bytes for entry in entries for member in entry.members) > ARCHIVE_BYTES:
        raise archive_too_large()


def archive_too_large() -> InvalidRequestError:
    """413 for more than ARCHIVE_BYTES."""
    message = f"The files of the voices have more than {ARCHIVE_BYTES:,} bytes together. Export fewer voices at once."
    return InvalidRequestError(message, code="archive_too_large", status=413, param="file")


def _digest(voices: Any) -> str:
    return hashlib.sha256(json.dumps(voices, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _is_signed(body: Mapping[str, Any]) -> bool:
    signature = body.get("signature")
    if not isinstance(signature, str):
        return False
    try:
        _signer.unsign(f"{_digest(body['voices'])}:{signature}")
    except BadSignature:
        return False
    return True
