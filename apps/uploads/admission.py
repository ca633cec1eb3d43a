"""Admission of large bodies by their headers alone: the ASGI shell calls `admit_body` of a view before it spools a byte."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.authentication import KeyAuthentication
from apps.accounts.callers import get_caller
from apps.accounts.models import AccountStatus
from apps.accounts.permissions import HasAccount
from apps.accounts.selectors import count_anonymous_audio_of_today
from apps.accounts.services.anonymous import audio_used_up
from apps.accounts.session_authentication import SessionAuthentication
from apps.core.addresses import address_block
from apps.core.errors import ConflictError, PermissionDeniedError
from apps.core.ids import find_uuid
from apps.core.middleware import load_session
from apps.core.zones import zone_of_request
from apps.uploads.models import Upload, UploadState
from apps.uploads.selectors import get_announced_upload, get_own_upload
from apps.uploads.services.resumable import check_piece, offset_of
from apps.uploads.spool import check_disk

FORM_BYTES: Final = 1_000_000
"""Allowance for the form's other fields, in addition to the file."""

MOST_DIGITS: Final = 16
"""Digits of a number of bytes that is worth reading."""

_signer = Signer(salt="uploads.content")


def admit_form(request: HttpRequest, **_: str) -> int:
    """Admit a form with a file: 401 without a key or a session, 413 beyond the plan's limit. Returns the number of bytes of the body. Parameters of the
    path are not looked at.
    """
    return _admit(request, HasAccount())


def form_gate(permission: type[HasAccount]) -> Callable[..., int]:
    """Admit a form as admit_form does, for a view with this permission. A visitor whose daily audio is used up is refused with 429."""

    def admit(request: HttpRequest, **_: str) -> int:
        return _admit(request, permission())

    return admit


def _admit(request: HttpRequest, permission: HasAccount) -> int:
    if zone_of_request(request).has_sessions:
        load_session(request)
    wrapped = Request(request, authenticators=[SessionAuthentication(), KeyAuthentication()])
    permission.has_permission(wrapped, None)
    caller = get_caller(wrapped)
    limit = caller.plan.audio_seconds_per_day
    if caller.is_anonymous and limit is not None and count_anonymous_audio_of_today(address_block(caller.address)) >= limit:
        raise audio_used_up(limit, now=datetime.now(UTC))
    check_disk()
    allowed = caller.plan.max_upload_bytes
    return (settings.TTSAI_UPLOAD_BYTES if allowed is None else allowed) + FORM_BYTES


def admit_content(request: HttpRequest, upload_id: str) -> int:
    """Admit the file of an announced upload: exactly the announced number of bytes."""
    return writable_upload(request, upload_id).announced_bytes


def admit_piece(request: HttpRequest, upload_id: str) -> int:
    """Admit a piece of the caller's own upload that continues it: at most the bytes that are missing. Raises 401, 403, 404, 409 or 410."""
    if zone_of_request(request).has_sessions:
        load_session(request)
    wrapped = Request(request, authenticators=[SessionAuthentication(), KeyAuthentication()])
    HasAccount().has_permission(wrapped, None)
    caller = get_caller(wrapped)
    caller.needs_scope("uploads:write")
    upload = get_own_upload(caller, upload_id=upload_id)
    offset = request.headers.get("Upload-Offset", "")
    if offset.isdecimal() and len(offset) < MOST_DIGITS:
        check_piece(upload, offset=int(offset))  # before its body is spooled
    missing = upload.announced_bytes - offset_of(upload)
    check_disk(missing)
    return missing


def signature_of(upload: Upload) -> str:
    """Signature in an upload's URL, which only its owner received."""
    return _signer.signature(upload.uuid.hex)


def writable_upload(request: HttpRequest, upload_id: str) -> Upload:
    """Upload that this URL may write to. Raises 403, 404, 409 or 410."""
    uuid = find_uuid(upload_id)
    if uuid is None or not _is_signed(f"{uuid.hex}:{request.GET.get('signature', '')}"):
        raise PermissionDeniedError(
            "The URL is not the one returned by POST /v1/uploads/: its signature is missing or invalid.", code="invalid_signature"
        )
    upload = get_announced_upload(upload_id)
    if upload.account is not None and upload.account.status != AccountStatus.ACTIVE:
        raise PermissionDeniedError(f"This account is {upload.account.status}.", code=f"account_{upload.account.status}")
    if upload.state == UploadState.READY:
        raise ConflictError("This upload already has its file. Create a new one with POST /v1/uploads/.", code="upload_complete")
    check_disk(upload.announced_bytes)
    return upload


def _is_signed(given: str) -> bool:
    try:
        _signer.unsign(given)
    except BadSignature:
        return False
    return True
