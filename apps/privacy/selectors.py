"""Reads of the app, always scoped to an account."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Account, User
from apps.core.errors import GoneError, NotFoundError
from apps.privacy.models import Export, ExportState


def find_export(account: Account, *, person: User) -> Export | None:
    """Newest export of the account that the person asked for, or the one that is being made for another owner."""
    seen = Q(requested_by=person) | Q(state=ExportState.WAITING)
    return Export.objects.filter(seen, account=account).order_by("-created_at").first()


def get_ready_export(account: Account, *, uuid: UUID, person: User) -> Export:
    """Export whose archive the person can download: it holds their own login, so that it is theirs alone. Raises 404, and 410 after its time."""
    export = Export.objects.filter(account=account, uuid=uuid, state=ExportState.READY, requested_by=person).first()
    if export is None:
        raise NotFoundError("There is no such export.")
    if export.expires_at is not None and export.expires_at <= timezone.now():
        raise GoneError("This export has expired. Have a new one made.", code="export_expired")
    return export
