"""Source of a request: a file in the form, a URL, or an upload. Only its object key is passed on."""

import asyncio
import contextlib
import math
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.core.background import clean_up
from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError, AuthenticationFailedError, GoneError, InvalidRequestError, NotFoundError
from apps.core.outbound import AddressRefusedError, check_url
from apps.core.storage import get_storage
from apps.uploads.models import Origin, Upload, UploadState
from apps.uploads.objects import incoming_key, piece_key
from apps.uploads.selectors import get_own_upload, no_such_upload
from apps.uploads.services.ingestion import Ingestion, RefusedFileError, StoredFile, TextInfo, fetch_source, measure, refusal
from apps.uploads.services.uploads import begin_upload, drop_pieces, has_all_pieces, has_arrived, release_source
from apps.uploads.spool import Spool
from apps.uploads.threads import fetch_slots, ingestion_threads
from workers.audio.probe import AudioInfo, ProbeError, ProbeLimits
from workers.documents import find_text_format

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourceLimits:
    """Limits on the sources of an endpoint. A plan may allow less (Plan.max_upload_bytes)."""

    max_bytes: int = 100_000_000
    """Largest file in the request or behind `file_url`; a file uploaded in advance may have TTSAI_UPLOAD_BYTES."""
    max_audio_seconds: float = math.inf
    """Limit in seconds, at most TTSAI_UPLOAD_AUDIO_SECONDS."""
    min_audio_seconds: float = 0.05

    def for_probe(self, caller: Caller, *, is_advance: bool = False) -> ProbeLimits:
        """Limits combined with the caller's plan."""
        return self.for_plan(caller.plan, is_advance=is_advance)

    def for_plan(self, plan: Plan, *, is_advance: bool = False) -> ProbeLimits:
        """Limits combined with a plan."""
        most = settings.TTSAI_UPLOAD_BYTES if is_advance else self.max_bytes
        allowed_seconds = (plan.audio_seconds_per_day if plan.slug == ANONYMOUS_PLAN else None) or math.inf
        return ProbeLimits(
            max_bytes=most if plan.max_upload_bytes is None else min(most, plan.max_upload_bytes),
            max_audio_seconds=min(self.max_audio_seconds, settings.TTSAI_UPLOAD_AUDIO_SECONDS, allowed_seconds),
            min_audio_seconds=self.min_audio_seconds,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Measured and stored file that a job is created for."""

    key: str
    """Key in the object store."""
    bytes: int
    sha256: str
    """Digest of the recording, which an Idempotency-Key compares (body_digest over the fields and this)."""
    info: AudioInfo
    upload_id: UUID
    file_name: str


@dataclass(frozen=True, slots=True)
class SourceOrder:
    """Source that is validated; it is either stored already or still to be ingested."""

    upload: Upload
    ingestion: Ingestion
    limits: ProbeLimits


@dataclass(frozen=True, slots=True)
class HeldFile:
    """Further file of a form, ingested after those before it, so that a request counts as one ingestion however many files it has."""

    caller: Caller
    spool: Spool
    file_name: str
    param: str
    limits: ProbeLimits

    def order(self) -> SourceOrder:
        """Begin the upload. Raises ApplicationError and closes the file then."""
        return _order_of_spool(self.caller, self.spool, file_name=self.file_name, param=self.param, limits=self.limits)


def order_source(
    caller: Caller,
    *,
    file: "UploadedFile[Any] | None",
    file_url: str | None,
    upload_id: str | None,
    limits: SourceLimits,
    param: str = "file",
    url_param: str = "file_url",
) -> SourceOrder:
    """Validate a source and take over the form's file, which may then be closed. Raises ApplicationError.

    `param` and `url_param` are the endpoint's names of its fields. Call ingest_source_async afterwards.
    """
    given = [
        name for name, is_given in ((param, file is not None), (url_param, bool(file_url)), ("upload_id", bool(upload_id))) if is_given
    ]
    if len(given) != 1:
        code = "invalid_request" if given else "missing_field"
        raise InvalidRequestError(f"Send exactly one of {param}, {url_param} and upload_id.", code=code, param=given[1] if given else param)
    if caller.is_anonymous and file is None:
        raise AuthenticationFailedError(f"Without an account only {param} is taken: log in to send {given[0]}.", code="not_logged_in")
    if upload_id:
        return _order_of_upload(caller, upload_id, limits=limits.for_probe(caller, is_advance=True))
    if file_url:
        return _order_of_url(caller, file_url, param=url_param, limits=limits.for_probe(caller))
    assert file is not None  # noqa: S101 - one of three is given
    return _order_of_file(caller, file, param=param, limits=limits.for_probe(caller))


def order_spool(caller: Caller, spool: Spool, *, limits: SourceLimits, param: str) -> SourceOrder:
    """Take over a body that is the file. Raises ApplicationError and closes it then."""
    probe = limits.for_probe(caller)
    try:
        probe.check_bytes(spool.size)
    except ProbeError as error:
        spool.close()
        raise refusal(error, param=param) from error
    return _order_of_spool(caller, spool, file_name="", param=param, limits=probe)


async def ingest_source_async(exchange: Exchange, order: SourceOrder) -> Source:
    """Fetch, measure and store the source as far as needed, in a Deferred. Raises ApplicationError and then leaves nothing behind.

    Holds neither a Django thread nor a database connection during slow work, and no thread at all during the fetch. If the request is cancelled
    meanwhile, the source is released once it is stored: a thread that measures cannot be interrupted.
    """
    return (await finish_or_release(exchange, _ingest(exchange, order=order)))[0]


async def finish_or_release(exchange: Exchange, ingesting: Coroutine[Any, Any, Sequence[Source]]) -> Sequence[Source]:
    """Sources of an ingestion, which a cancellation does not interrupt halfway: it is awaited in the background, and its sources are released."""
    running = asyncio.ensure_future(ingesting)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        clean_up(_release_finished(exchange, running))
        raise


async def hand_over(
    exchange: Exchange,
    sources: Sequence[Source],
    function: Callable[Concatenate[Sequence[Source], P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Result of a function of the sources that releases those which no job takes. If the request is cancelled before a thread has begun the function, the
    sources are released instead.
    """
    taken = threading.Lock()

    def take() -> T:
        if not taken.acquire(blocking=False):
            raise asyncio.CancelledError
        return function(sources, *args, **kwargs)

    try:
        return await exchange.run(take)
    except asyncio.CancelledError:
        if taken.acquire(blocking=False):
            clean_up(exchange.run(release_sources, sources))
        raise


async def _release_finished(exchange: Exchange, ingesting: "asyncio.Future[Sequence[Source]]") -> None:
    with contextlib.suppress(ApplicationError):  # it has released what it had stored
        await exchange.run(release_sources, await ingesting)


async def _ingest(exchange: Exchange, *, order: SourceOrder) -> list[Source]:
    if order.upload.state != UploadState.READY:
        await store_source_async(exchange, order)
    return [await exchange.run(use_source, order)]


def hold_files(caller: Caller, *, files: "Sequence[UploadedFile[Any]]", limits: SourceLimits, param: str) -> tuple[HeldFile, ...]:
    """Take over further files of a form, which may then be closed. Raises ApplicationError for one that is too large."""
    probe = limits.for_probe(caller)
    for file in files:
        _check_bytes(file, limits=probe, param=param)
    return tuple(HeldFile(caller, Spool.of(file.file), file.name or "", param, probe) for file in files)


async def ingest_sources_async(exchange: Exchange, order: SourceOrder, *, held: Sequence[HeldFile] = ()) -> tuple[Source, ...]:
    """Ingest a source and then each held file. Raises ApplicationError and then leaves nothing behind, as after a cancellation."""
    return tuple(await finish_or_release(exchange, _ingest_all(exchange, order=order, held=held)))


async def _ingest_all(exchange: Exchange, *, order: SourceOrder, held: Sequence[HeldFile]) -> list[Source]:
    sources: list[Source] = []
    try:
        sources += await _ingest(exchange, order=order)
        for file in held:
            sources += await _ingest(exchange, order=await exchange.run(file.order))
    except Exception:
        await exchange.run(release_sources, sources)
        raise
    finally:
        for file in held:
            file.spool.close()
    return sources


def release_sources(sources: Iterable[Source]) -> None:
    """Release sources that no job uses."""
    for source in sources:
        release_source(source.key)


async def store_source_async(exchange: Exchange, order: SourceOrder) -> None:
    """Measure and store without using the source yet."""
    ingestion, tenant = order.ingestion, order.upload.tenant
    try:
        if ingestion.url:
            async with fetch_slots().awaited_slot(tenant):
                ingestion = await fetch_source(ingestion)
        measured = await ingestion_threads().run(tenant, measure, ingestion)
    except Exception as error:
        await exchange.run(record_refusal, order.upload, error)
        raise
    finally:
        if ingestion.spool is not None:
            ingestion.spool.close()
    await exchange.run(record_measured, order.upload, measured)
    if ingestion.pieces:
        await exchange.run(drop_pieces, order.upload)


def use_source(order: SourceOrder) -> Source:
    """Claim the source for a job and keep it as long as the job may take. Raises ApplicationError if it exceeds the endpoint's limits."""
    upload = order.upload
    if upload.audio is None:
        message = f"The upload {upload.uuid.hex} is a text. Send a recording; POST /v1/tts/ speaks texts."
        raise RefusedFileError(message, code="unsupported_format", param=order.ingestion.param)
    info = AudioInfo.from_dict(upload.audio)
    try:
        order.limits.check(info)  # a file that was sent in advance was measured under wider limits
    except ProbeError as error:
        raise refusal(error, param=order.ingestion.param) from error
    mark_used(upload)
    return Source(upload.key, bytes=upload.bytes, sha256=upload.sha256, info=info, upload_id=upload.uuid, file_name=upload.file_name)


def mark_used(upload: Upload) -> None:
    """Keep the file as long as a job of now may take. Raises NotFoundError if its owner has removed it meanwhile."""
    now = timezone.now()
    _change(upload, used_at=now, kept_until=now + timedelta(seconds=settings.TTSAI_UPLOAD_KEPT_SECONDS))


def record_measured(upload: Upload, measured: StoredFile) -> None:
    """Record a measured file. Raises NotFoundError if its owner has removed the upload meanwhile."""
    try:
        _change(
            upload,
            state=UploadState.READY,
            key=measured.key,
            sha256=measured.sha256,
            bytes=measured.info.bytes,
            audio=None if isinstance(measured.info, TextInfo) else measured.info.to_dict(),
            text=measured.info.to_dict() if isinstance(measured.info, TextInfo) else None,
            error_code="",
            error_message="",
        )
    except NotFoundError:
        get_storage().delete(measured.key)
        raise


def record_refusal(upload: Upload, error: Exception) -> None:
    """Record a refused file. A file that came with a request is forgotten; an announced upload shows the reason and accepts another file."""
    if upload.origin != Origin.ADDRESS:
        upload.delete()
    elif isinstance(error, RefusedFileError):
        upload.state, upload.error_code, upload.error_message = UploadState.REFUSED, error.code, error.message
        waiting = Upload.objects.filter(pk=upload.pk).exclude(state=UploadState.READY)
        changes = {"state": upload.state, "error_code": upload.error_code, "error_message": upload.error_message}
        waiting.update(**changes, received_bytes=0, pieces=[])
        get_storage().delete(incoming_key(upload.tenant, upload=upload.uuid))  # what comes there next is another file
        drop_pieces(upload)


def order_of_sent_file(
    upload: Upload, *, spool: Spool | None = None, param: str = "upload_id", limits: ProbeLimits | None = None
) -> SourceOrder:
    """Order for a file sent to its upload URL: in a spool, or in the store. It is measured under the widest limits."""
    widest = ProbeLimits(max_bytes=upload.announced_bytes, max_audio_seconds=settings.TTSAI_UPLOAD_AUDIO_SECONDS)
    ingestion = Ingestion(
        upload.tenant,
        upload=upload.uuid,
        limits=widest,
        param=param,
        spool=spool,
        pieces=tuple(piece_key(upload.tenant, upload=upload.uuid, piece=name) for name in upload.pieces) if has_all_pieces(upload) else (),
        announced_bytes=upload.announced_bytes,
        text_format=find_text_format(upload.file_name, upload.content_type),
    )
    return SourceOrder(upload, ingestion=ingestion, limits=limits or widest)


def _order_of_upload(caller: Caller, upload_id: str, *, limits: ProbeLimits) -> SourceOrder:
    try:
        upload = get_own_upload(caller, upload_id=upload_id)
    except (NotFoundError, GoneError) as error:
        raise InvalidRequestError(error.message, code=error.code, param="upload_id") from error
    if upload.state == UploadState.REFUSED and not has_arrived(upload):
        raise InvalidRequestError(upload.error_message, code=upload.error_code, param="upload_id")
    return order_of_sent_file(upload, limits=limits)


def _order_of_url(caller: Caller, url: str, *, param: str, limits: ProbeLimits) -> SourceOrder:
    try:
        name = check_url(url).path.rpartition("/")[2]
    except AddressRefusedError as error:
        raise InvalidRequestError(f"{param}: {error}.", code="invalid_url", param=param) from error
    upload = begin_upload(caller, origin=Origin.URL, file_name=name, size=0)
    return SourceOrder(upload, ingestion=Ingestion(upload.tenant, upload=upload.uuid, limits=limits, param=param, url=url), limits=limits)


def _order_of_file(caller: Caller, file: "UploadedFile[Any]", *, param: str, limits: ProbeLimits) -> SourceOrder:
    _check_bytes(file, limits=limits, param=param)
    return _order_of_spool(caller, Spool.of(file.file), file_name=file.name or "", param=param, limits=limits)


def _check_bytes(file: "UploadedFile[Any]", *, limits: ProbeLimits, param: str) -> None:
    try:
        limits.check_bytes(file.size or 0)
    except ProbeError as error:
        raise refusal(error, param=param) from error


def _order_of_spool(caller: Caller, spool: Spool, *, file_name: str, param: str, limits: ProbeLimits) -> SourceOrder:
    try:
        upload = begin_upload(caller, origin=Origin.FORM, file_name=file_name, size=spool.size)
    except ApplicationError:
        spool.close()
        raise
    ingestion = Ingestion(upload.tenant, upload=upload.uuid, limits=limits, param=param, spool=spool)
    return SourceOrder(upload, ingestion=ingestion, limits=limits)


def _change(upload: Upload, **values: Any) -> None:
    """Update in one statement, so that a row that was removed or expired meanwhile is not recreated."""
    if not Upload.objects.filter(pk=upload.pk, deleted_at=None).update(**values):
        raise no_such_upload()
    for name, value in values.items():
        setattr(upload, name, value)
