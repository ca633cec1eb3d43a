"""Exports that members ask for: an archive in the store, made by the platform's worker and kept for some days."""

import logging
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Account, User
from apps.core.erased_people import as_erased_person
from apps.core.errors import ApplicationError, ConflictError
from apps.core.platform_tasks import send_platform_task
from apps.core.storage import get_storage
from apps.jobs.objects import tenant_folder
from apps.privacy.models import Export, ExportState
from apps.privacy.services.archives import export_chunks
from apps.privacy.services.notices import notify_export_ready
from apps.uploads.spool import Spool

logger = logging.getLogger(__name__)

MAKE_EXPORTS: Final = "platform.make_exports"
KEPT: Final = timedelta(days=7)
CLAIM: Final = timedelta(hours=1)
"""Time that a worker has for an archive; after a crash another one begins anew."""
MOST_ATTEMPTS: Final = 3
CONTENT_TYPE: Final = "application/zip"


def request_export(account: Account, *, requested_by: User) -> Export:
    """Have an archive made. An earlier one of this person is deleted when the new one is ready. Raises 409 export_in_progress."""
    try:
        with transaction.atomic():
            export = Export.objects.create(account=account, requested_by=requested_by)
            transaction.on_commit(lambda: send_platform_task(MAKE_EXPORTS))
            return export
    except IntegrityError as error:
        raise as_erased_person(error) or ConflictError("An export is being made already.", code="export_in_progress") from error


def make_exports() -> int:
    """Make the archives that wait; returns their number."""
    count = 0
    while (export := _claim()) is not None:
        try:
            _make(export)
        except (ApplicationError, OSError) as error:  # the disk is full, or the store is away: the next run tries again
            logger.warning("export %s is tried again later: %s", export.uuid, error)
            return count
        count += 1
    return count


def expire_exports() -> None:
    """Delete archives whose time is over, and give up exports that failed too often."""
    now = timezone.now()
    for export in Export.objects.filter(expires_at__lte=now):
        _delete(export)
    lost = Q(claimed_until=None) | Q(claimed_until__lt=now)
    Export.objects.filter(lost, state=ExportState.WAITING, attempts__gte=MOST_ATTEMPTS).update(state=ExportState.FAILED, ended_at=now)


def _claim() -> Export | None:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    with transaction.atomic():
        waiting = Export.objects.filter(free, state=ExportState.WAITING, attempts__lt=MOST_ATTEMPTS).order_by("created_at")
        export = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("account", "requested_by").first()
        if export is not None:
            export.claimed_until, export.attempts = now + CLAIM, export.attempts + 1
            export.save(update_fields=["claimed_until", "attempts"])
    return export


def _make(export: Export) -> None:
    key = f"{tenant_folder(f'account:{export.account_id}')}/exports/{export.uuid.hex}.zip"
    spool = Spool.new()
    try:
        for chunk in export_chunks(export.account, person=_person_of(export)):
            spool.write(chunk)
        spool.finish()
        size = spool.size
        get_storage().put_file(key, spool.path, content_type=CONTENT_TYPE)
    finally:
        spool.close()
    now = timezone.now()
    with transaction.atomic():
        found = Export.objects.filter(pk=export.pk, state=ExportState.WAITING)
        if not found.update(state=ExportState.READY, key=key, bytes=size, ended_at=now, expires_at=now + KEPT):
            get_storage().delete(key)  # the account was erased meanwhile
            return
        notify_export_ready(export)
    mine = Export.objects.filter(account_id=export.account_id, requested_by=export.requested_by_id)
    for earlier in mine.exclude(pk=export.pk).exclude(state=ExportState.WAITING):
        _delete(earlier)


def _person_of(export: Export) -> User | None:
    """Person who asked for it, as long as they are a member."""
    person = export.requested_by
    return person if person is not None and person.memberships.filter(account=export.account_id).exists() else None


def _delete(export: Export) -> None:
    if export.key:
        get_storage().delete(export.key)
    export.delete()
