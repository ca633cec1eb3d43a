"""Recordings that the platform itself puts together from live audio: nothing is decoded to measure them."""

import hashlib

from apps.accounts.callers import Caller
from apps.core.deferred import Exchange
from apps.core.storage import get_storage
from apps.uploads.models import Origin, Upload
from apps.uploads.objects import content_key
from apps.uploads.services.ingestion import Ingestion, StoredFile
from apps.uploads.services.sources import Source, SourceLimits, SourceOrder, record_measured, record_refusal, use_source
from apps.uploads.services.uploads import begin_upload
from apps.uploads.threads import ingestion_threads
from workers.audio.encoding.wav import wav_header
from workers.audio.probe import AudioInfo


async def store_live_recording_async(
    exchange: Exchange, caller: Caller, *, pcm: bytes, sample_rate: int, limits: SourceLimits, param: str
) -> Source:
    """Store 16-bit mono samples as a WAV file, the source of one job. Raises ApplicationError and then leaves nothing behind.

    It counts against the account's concurrency and quota as a file in a request does.
    """
    data = wav_header(sample_rate=sample_rate, data_bytes=len(pcm)) + pcm
    info = AudioInfo("wav", "pcm_s16le", len(pcm) / 2 / sample_rate, sample_rate, channels=1, bytes=len(data))
    upload = await exchange.run(begin_upload, caller, origin=Origin.FORM, file_name="", size=len(data))
    probe_limits = limits.for_probe(caller)
    order = SourceOrder(
        upload, ingestion=Ingestion(upload.tenant, upload=upload.uuid, limits=probe_limits, param=param), limits=probe_limits
    )
    try:
        stored = await ingestion_threads().run(upload.tenant, _store, upload, data, info)
        await exchange.run(record_measured, upload, stored)
        return await exchange.run(use_source, order)
    except Exception as error:
        await exchange.run(record_refusal, upload, error)
        raise


def _store(upload: Upload, data: bytes, info: AudioInfo) -> StoredFile:
    sha256 = hashlib.sha256(data).hexdigest()
    key = content_key(upload.tenant, upload=upload.uuid, sha256=sha256)
    get_storage().put_bytes(key, data, content_type=info.content_type)
    return StoredFile(key=key, sha256=sha256, info=info)
