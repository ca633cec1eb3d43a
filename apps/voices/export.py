"""Export of a voice: one zip with its facts, voice file, demo and recordings."""

import json
import shutil
import zipfile
from typing import Any, cast

from starlette.responses import StreamingResponse

from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.storage import get_storage
from apps.core.streamed_files import CHUNK_BYTES, file_chunks
from apps.uploads.spool import Spool, check_disk, translate_disk_errors
from apps.voices.models import Voice
from workers.contract.formats import ARCHIVE, content_type_of, extension_of


def export_response(voice: Voice, *, facts: dict[str, Any]) -> Deferred:
    """Response with the archive. It is written to a spool first, so that an error is a response and not half a file."""

    async def resolve(exchange: Exchange) -> ASGIApp:
        spool = await exchange.run(write_archive, voice, facts)
        headers = {
            "Content-Length": str(spool.size),
            "Content-Disposition": f'attachment; filename="{voice.voice_id}.zip"',
            "Cache-Control": "no-store",
        }
        return cast("ASGIApp", StreamingResponse(file_chunks(exchange, spool.file), media_type=content_type_of(ARCHIVE), headers=headers))

    return Deferred(resolve)


def write_archive(voice: Voice, facts: dict[str, Any]) -> Spool:
    """Archive in a spool, which the caller closes. 503 while the store or the disk is unavailable."""
    samples = list(voice.enrolment.samples.exclude(key=""))
    check_disk(sum(sample.bytes for sample in samples))
    files = {f"samples/{index}-{_plain(sample.file_name) or sample.sha256[:12]}": sample.key for index, sample in enumerate(samples, 1)}
    if voice.enrolment.conditioning_key:
        files["voice.safetensors"] = voice.enrolment.conditioning_key
    if voice.enrolment.demo:
        files[f"demo.{extension_of(voice.enrolment.demo['format'])}"] = voice.enrolment.demo["key"]
    with Spool.new().closed_on_error() as spool:
        with translate_disk_errors(), zipfile.ZipFile(spool.file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("voice.json", json.dumps(facts, ensure_ascii=False, indent=2))
            for name, key in files.items():
                _add(archive, name=name, key=key)
        spool.file.flush()
        spool.file.seek(0)
    return spool


def _add(archive: zipfile.ZipFile, *, name: str, key: str) -> None:
    stream = get_storage().open_stream(key)
    try:
        with archive.open(name, "w") as target:
            shutil.copyfileobj(cast("Any", stream), target, CHUNK_BYTES)
    finally:
        stream.close()


def _plain(name: str) -> str:
    """File name without anything that a program might take for a path."""
    return "".join(letter for letter in name.rpartition("/")[2] if letter.isalnum() or letter in "._- ").strip(". ")[:100]
