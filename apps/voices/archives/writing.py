"""Writes archives of voices, with recordings and without consents: whoever imports a voice states a consent anew."""

import hashlib
import shutil
import zipfile
from collections.abc import Sequence
from typing import Any, cast

from apps.accounts.callers import Caller
from apps.core.errors import ConflictError, InvalidRequestError
from apps.core.storage import get_storage
from apps.core.streamed_files import CHUNK_BYTES
from apps.uploads.spool import Spool, check_disk, translate_disk_errors
from apps.voices.archives.manifest import (
    ARCHIVE_BYTES,
    MANIFEST,
    MOST_SAMPLES,
    MOST_VOICES,
    VOICE_FILE_BYTES,
    archive_too_large,
    write_manifest,
)
from apps.voices.models import Enrolment, EnrolmentState, Sample, Voice
from apps.voices.objects import SAMPLES_FOLDER
from apps.voices.selectors import VoiceFilter, check_not_blocked, get_own_voice, list_own_voices
from workers.contract.formats import extension_of


def find_exported(caller: Caller, *, voice_ids: Sequence[str]) -> list[Voice]:
    """Voices to export: the named ones, or without names every ready one. Raises 400, 404, 409 voice_not_ready, 413 archive_too_large."""
    if voice_ids:
        voices = [get_own_voice(caller, voice_id=one, param="voice_ids") for one in dict.fromkeys(voice_ids)]
    else:
        voices = list_own_voices(caller, wanted=VoiceFilter(state=EnrolmentState.READY))
    if not voices:
        raise InvalidRequestError("There is no voice to export. POST /api/clone/create makes one.", code="no_voices", param="voice_ids")
    if len(voices) > MOST_VOICES:
        message = f"An archive has at most {MOST_VOICES} voices, not {len(voices)}. Name fewer in voice_ids."
        raise InvalidRequestError(message, code="too_many_voices", param="voice_ids")
    for voice in voices:
        _check_exportable(voice)
    sizes = Sample.objects.filter(enrolment__in=[voice.enrolment_id for voice in voices]).values_list("bytes", flat=True)
    if sum(sizes) > ARCHIVE_BYTES:
        raise archive_too_large()
    return voices


def write_voices(voices: Sequence[Voice]) -> Spool:
    """Archive in a spool, which the caller closes. 503 while the store or the disk is unavailable, 413 archive_too_large."""
    check_disk(sum(sample.bytes for voice in voices for sample in voice.enrolment.samples.all()))
    with Spool.new().closed_on_error() as spool:
        with translate_disk_errors(), zipfile.ZipFile(spool.file, "w", zipfile.ZIP_DEFLATED) as archive:
            written = [_write_voice(archive, voice, folder=f"voices/{number}") for number, voice in enumerate(voices, 1)]
            archive.writestr(MANIFEST, write_manifest(written))
        spool.finish()
        _check_size(spool, written)
        spool.file.seek(0)
    return spool


def _check_exportable(voice: Voice) -> None:
    check_not_blocked(voice)
    if voice.is_embed:
        message = f"The voice {voice.voice_id!r} has no name. PUT /api/voices/{voice.voice_id} with a name keeps it; then export it."
        raise ConflictError(message, code="voice_has_no_name", param="voice_ids")
    if voice.enrolment.state != EnrolmentState.READY:
        message = f"The voice {voice.voice_id!r} is in the state {voice.enrolment.state!r}. Export it when it is ready."
        raise ConflictError(message, code="voice_not_ready", param="voice_ids")


def _write_voice(archive: zipfile.ZipFile, voice: Voice, *, folder: str) -> dict[str, Any]:
    """Add the voice's files; returns its entry of the manifest."""
    enrolment = voice.enrolment
    samples = [
        {
            **_add(archive, name=f"{folder}/samples/{number}", key=sample.key),
            "file_name": sample.file_name,
            "transcript": sample.transcript[:5000],
        }
        for number, sample in enumerate(enrolment.samples.exclude(key="")[:MOST_SAMPLES], 1)
    ]
    return {
        "name": voice.name,
        "categories": voice.categories,
        "model": enrolment.engine_id,
        "language": enrolment.language,
        "gender": enrolment.gender,
        "is_fitted": enrolment.is_fitted,
        "is_revoked": enrolment.is_revoked,
        "digest": enrolment.digest,
        "samples": samples,
        "voice_file": _add_voice_file(archive, enrolment, folder=folder),
        "demo": _add_demo(archive, enrolment, folder=folder),
        "report": enrolment.report,
    }


def _add_voice_file(archive: zipfile.ZipFile, enrolment: Enrolment, *, folder: str) -> dict[str, Any] | None:
    """The voice file; None if the voice is the recording itself."""
    if not enrolment.conditioning_key or SAMPLES_FOLDER in enrolment.conditioning_key:
        return None
    added = _add(archive, name=f"{folder}/voice.safetensors", key=enrolment.conditioning_key)
    if added["bytes"] > VOICE_FILE_BYTES:
        raise archive_too_large()
    return added


def _add_demo(archive: zipfile.ZipFile, enrolment: Enrolment, *, folder: str) -> dict[str, Any] | None:
    demo = enrolment.demo
    if not demo:
        return None
    added = _add(archive, name=f"{folder}/demo.{extension_of(demo['format'])}", key=demo["key"])
    return {**added, "format": demo["format"], "audio_seconds": demo.get("audio_seconds", 0.0), "sample_rate": demo.get("sample_rate", 0)}


def _add(archive: zipfile.ZipFile, *, name: str, key: str) -> dict[str, Any]:
    """Copy an object; returns its description."""
    stream, digest = get_storage().open_stream(key), _CountingDigest()
    try:
        with archive.open(name, "w") as target:
            shutil.copyfileobj(cast("Any", stream), cast("Any", _Tee(target, digest)), CHUNK_BYTES)
    finally:
        stream.close()
    return {"file": name, "sha256": digest.hexdigest(), "bytes": digest.size}


def _check_size(spool: Spool, written: Sequence[dict[str, Any]]) -> None:
    """Refuse an archive that could not be imported."""
    members = [
        *(sample for one in written for sample in one["samples"]),
        *(one[name] for one in written for name in ("voice_file", "demo")),
    ]
    if spool.size > ARCHIVE_BYTES or sum(member["bytes"] for member in members if member) > ARCHIVE_BYTES:
        raise archive_too_large()


class _CountingDigest:
    """SHA-256 and size of what was written."""

    def __init__(self) -> None:
        self._hash, self.size = hashlib.sha256(), 0

    def update(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


class _Tee:
    """Writes to a file and to a digest."""

    def __init__(self, target: Any, digest: _CountingDigest) -> None:
        self._target, self._digest = target, digest

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return int(self._target.write(data))
