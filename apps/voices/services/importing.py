"""Stores voices of an archive: restored as they were exported, or cloned anew from their recordings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError, ConflictError
from apps.core.storage import get_storage
from apps.jobs.results import ResultOutput
from apps.jobs.services.limits import wait_for_tenant
from apps.uploads.services import HeldFile, Source, finish_or_release, hand_over, ingest_source_async, release_sources
from apps.uploads.spool import Spool
from apps.uploads.threads import ingestion_threads
from apps.voices.archives.manifest import VoiceEntry, VoiceManifest
from apps.voices.archives.planning import Action, ImportPlan, digest_of_entry, find_enrolled, plan_import
from apps.voices.archives.reading import VoiceArchive
from apps.voices.models import Enrolment, EnrolmentState, Sample, Voice
from apps.voices.objects import object_key, sample_key
from apps.voices.recordings import LIMITS
from apps.voices.services.consent import ConsentStatement, record_consent
from apps.voices.services.enrolments import VoiceOrder, give_voice
from apps.voices.services.removal import try_to_remove
from apps.voices.services.requests import CloneOrder, clone_or_release, request_clone
from apps.voices.voice_events import record_voice_events
from workers.contract.formats import VOICE_FILE, content_type_of, extension_of
from workers.contract.outputs import AUDIO

UNFINISHED: Final = "import-"
"""Begins the digest of an enrolment whose files are being stored; if the process dies it has no voice and is swept."""


@dataclass(frozen=True, slots=True)
class ImportedVoice:
    """Result of one voice of an archive."""

    plan: ImportPlan
    voice: Voice | None = None
    error: ApplicationError | None = None


@dataclass(frozen=True, slots=True)
class _ImportOrder:
    """Request that imports an archive."""

    caller: Caller
    archive: VoiceArchive
    consent: ConsentStatement | None
    request_id: str
    count_clone: Callable[[], None]


async def open_archive_async(caller: Caller, spool: Spool) -> VoiceArchive:
    """Check the archive's directory and manifest. Raises InvalidRequestError."""
    return await ingestion_threads().run(caller.tenant, VoiceArchive, spool.file)


async def preview_import_async(
    exchange: Exchange, caller: Caller, *, spool: Spool, consent: ConsentStatement | None
) -> tuple[VoiceManifest, list[ImportPlan]]:
    """Manifest and plans of an import, with every file compared with its digest. Nothing is stored. Raises InvalidRequestError."""
    archive = await open_archive_async(caller, spool)
    await ingestion_threads().run(caller.tenant, archive.verify)
    return archive.manifest, await exchange.run(_plan, caller, archive, consent)


async def import_voices_async(
    exchange: Exchange,
    caller: Caller,
    *,
    spool: Spool,
    consent: ConsentStatement | None,
    request_id: str,
    count_clone: Callable[[], None],
) -> list[ImportedVoice]:
    """Import the archive's voices, one after the other. Raises InvalidRequestError for an archive that is refused as a whole, before any voice.

    count_clone: called before each voice that is cloned anew; refuses those beyond the key's limit by an ApplicationError.
    """
    archive = await open_archive_async(caller, spool)
    await ingestion_threads().run(caller.tenant, archive.verify)
    plans = await exchange.run(_plan, caller, archive, consent)
    order = _ImportOrder(caller, archive, consent, request_id, count_clone)
    return [await _import_async(exchange, order, plan=plan) for plan in plans]


def _plan(caller: Caller, archive: VoiceArchive, consent: ConsentStatement | None) -> list[ImportPlan]:
    return plan_import(caller, manifest=archive.manifest, consent=consent)


async def _import_async(exchange: Exchange, order: _ImportOrder, *, plan: ImportPlan) -> ImportedVoice:
    if plan.action == Action.REFUSE:
        return ImportedVoice(plan, error=plan.error)
    try:
        if plan.action == Action.CLONE:
            await exchange.run(order.count_clone)
        sources = await finish_or_release(exchange, _ingest_samples(exchange, order, entry=plan.entry))
        voice = await hand_over(exchange, sources, partial(_store, order, plan))
    except ApplicationError as error:
        return ImportedVoice(plan, error=error)
    return ImportedVoice(plan, voice)


async def _ingest_samples(exchange: Exchange, order: _ImportOrder, *, entry: VoiceEntry) -> list[Source]:
    """Measure the recordings by decoding them, and store them. Raises ApplicationError and then leaves nothing behind."""
    sources: list[Source] = []
    limits = LIMITS.for_probe(order.caller)
    try:
        for sample in entry.samples:
            spool = await ingestion_threads().run(order.caller.tenant, order.archive.extract, sample)
            held = HeldFile(order.caller, spool, sample.file_name, "file", limits)
            sources.append(await ingest_source_async(exchange, await exchange.run(held.order)))
    except Exception:
        await exchange.run(release_sources, sources)
        raise
    return sources


def _store(order: _ImportOrder, plan: ImportPlan, sources: Sequence[Source]) -> Voice:
    """Make the voice. Recordings that no job uses are released."""
    if plan.action == Action.RESTORE and plan.engine is not None:
        try:
            return _restore(order, plan.entry, engine=plan.engine, sources=sources)
        finally:
            release_sources(sources)
    entry = plan.entry
    if not sources and plan.engine is not None:
        return _keep_design(order, entry, engine=plan.engine)
    clone = CloneOrder(
        model=entry.model,
        voice=VoiceOrder(name=entry.name, categories=entry.categories),
        transcript=entry.samples[0].transcript if len(entry.samples) == 1 else "",
        consent=order.consent,
    )
    cloning = partial(request_clone, order.caller, order=clone, sources=sources, idempotency=None, request_id=order.request_id)
    return clone_or_release(sources, cloning).voice


def _keep_design(order: _ImportOrder, entry: VoiceEntry, *, engine: EngineRow) -> Voice:
    """Name the account's voice of the same design. 409 if it was deleted meanwhile."""
    with transaction.atomic():
        wait_for_tenant(order.caller.tenant)
        enrolment = find_enrolled(order.caller, entry=entry, engine=engine)
        if enrolment is None:
            raise ConflictError(f"The voice {entry.name!r} was deleted. Import the archive again.", code="import_conflict", param="file")
        voice, _ = give_voice(enrolment, caller=order.caller, order=VoiceOrder(name=entry.name, categories=entry.categories))
        if order.consent is not None:
            record_consent(enrolment, caller=order.caller, consent=order.consent)
    return voice


def _restore(order: _ImportOrder, entry: VoiceEntry, *, engine: EngineRow, sources: Sequence[Source]) -> Voice:
    """Store the files below an enrolment without a voice, then give it one in the transaction that makes it ready."""
    uuid = uuid4()
    enrolment = Enrolment.objects.create(
        uuid=uuid,
        account=order.caller.required_account,
        engine_id=engine.id,
        digest=f"{UNFINISHED}{uuid.hex}",
        language=entry.language,
        gender=entry.gender,
        is_fitted=entry.is_fitted,
        is_revoked=entry.is_revoked,
        report=entry.report,
    )
    try:
        _store_files(order.archive, entry, enrolment=enrolment, sources=sources)
        return _finish(order, entry, enrolment=enrolment, engine=engine)
    except Exception:
        try_to_remove(enrolment.uuid)
        raise


def _store_files(archive: VoiceArchive, entry: VoiceEntry, *, enrolment: Enrolment, sources: Sequence[Source]) -> None:
    """Copy recordings, voice file and demo to the enrolment's folder, and record them on the rows."""
    for sample, source in zip(entry.samples, sources, strict=True):
        key = sample_key(enrolment, source.sha256)
        get_storage().copy(source.key, key)
        Sample.objects.create(
            enrolment=enrolment,
            sha256=source.sha256,
            key=key,
            bytes=source.bytes,
            audio_seconds=source.info.audio_seconds,
            content_type=source.info.content_type,
            file_name=sample.file_name,
            transcript=sample.transcript,
        )
    if entry.voice_file is not None:
        key = object_key(enrolment, f"{entry.voice_file.sha256}.{extension_of(VOICE_FILE)}")
        with archive.extract(entry.voice_file) as spool:
            get_storage().put_file(key, spool.path, content_type=content_type_of(VOICE_FILE))
        enrolment.conditioning_key, enrolment.conditioning_version = key, entry.voice_file.sha256
    else:  # the model speaks with the recording itself
        enrolment.conditioning_key, enrolment.conditioning_version = sample_key(enrolment, sources[0].sha256), sources[0].sha256
    if entry.demo is not None:
        enrolment.demo = _store_demo(archive, entry, enrolment=enrolment)


def _store_demo(archive: VoiceArchive, entry: VoiceEntry, *, enrolment: Enrolment) -> dict[str, object]:
    demo = entry.demo
    assert demo is not None  # noqa: S101 - the caller's condition
    key = object_key(enrolment, f"demo-{demo.sha256[:32]}.{extension_of(demo.format)}")
    with archive.extract(demo) as spool:
        get_storage().put_file(key, spool.path, content_type=content_type_of(demo.format))
    output = ResultOutput(
        AUDIO,
        key=key,
        format=demo.format,
        bytes=demo.bytes,
        sha256=demo.sha256,
        audio_seconds=demo.audio_seconds,
        sample_rate=demo.sample_rate,
    )
    return output.to_dict()


def _finish(order: _ImportOrder, entry: VoiceEntry, *, enrolment: Enrolment, engine: EngineRow) -> Voice:
    """Make the enrolment ready and give it the voice. 403 voice_limit_reached, 409 if the account enrolled the recordings meanwhile."""
    caller, consent = order.caller, order.consent
    with transaction.atomic():
        wait_for_tenant(caller.tenant)
        if find_enrolled(caller, entry=entry, engine=engine) is not None:
            message = f"The recordings of {entry.name!r} were cloned while they were imported. Import the archive again."
            raise ConflictError(message, code="import_conflict", param="file")
        digest = digest_of_entry(entry)
        earlier = Enrolment.objects.filter(account=caller.required_account, engine_id=engine.id, digest=digest).first()
        if earlier is not None:  # it failed: the restored one takes its place
            earlier.digest = f"{UNFINISHED}{earlier.uuid.hex}"
            earlier.save(update_fields=["digest"])
            transaction.on_commit(partial(try_to_remove, earlier.uuid))
        enrolment.digest, enrolment.state, enrolment.ready_at = digest, EnrolmentState.READY, timezone.now()
        enrolment.save()
        voice, _ = give_voice(enrolment, caller=caller, order=VoiceOrder(name=entry.name, categories=entry.categories))
        if consent is not None:
            record_consent(enrolment, caller=caller, consent=consent)
        voice.enrolment = enrolment
        record_voice_events(enrolment, event="voice.ready", job_uuid=None, voices=[voice])
    return voice
