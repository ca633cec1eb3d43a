"""Reads of the app, always scoped to an account."""

from uuid import UUID

from django.utils import timezone

from apps.accounts.models import Account
from apps.core.errors import GoneError, NotFoundError
from apps.privacy.models import Export, ExportState


def find_export(account: Account) -> Export | None:
    """Newest export of the account."""
    return Export.objects.filter(account=account).order_by("-created_at").first()


def get_ready_export(account: Account, *, uuid: UUID) -> Export:
    """Export whose archive can be downloaded. Raises 404, and 410 after its time."""
    export = Export.objects.filter(account=account, uuid=uuid, state=ExportState.READY).first()
    if export is None:
        raise NotFoundError("There is no such export.")
    if export.expires_at is not None and export.expires_at <= timezone.now():
        raise GoneError("This export has expired. Have a new one made.", code="export_expired")
    return export
