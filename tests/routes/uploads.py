"""Rows of apps/uploads/urls.py."""

from apps.accounts.models import Account
from apps.uploads.admission import signature_of
from apps.uploads.models import Upload
from apps.uploads.services import announce_upload
from tests.factories_jobs import caller
from tests.routes.table import Owned, row

CONTENT = b"RIFF"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}


def upload_of(account: Account) -> Upload:
    return announce_upload(caller(account), file_name="a.wav", size=len(CONTENT), content_type="audio/wav")


def an_upload(account: Account) -> Owned:
    return Owned(path={"upload_id": upload_of(account).uuid.hex})


def an_address(account: Account) -> Owned:
    upload = upload_of(account)
    return Owned(path={"upload_id": upload.uuid.hex}, query={"signature": signature_of(upload)})


ROWS = [
    row("uploads/", "POST", scope="uploads:write", owns=None, body={"bytes": 100}),
    row("uploads/resumable/", "POST", scope="uploads:write", owns=None, status=201, headers={**TUS, "Upload-Length": "100"}),
    row("uploads/resumable/<upload_id>/", "PATCH", scope="uploads:write", owns=an_upload, body=CONTENT, headers=PIECE),
    row("uploads/resumable/<upload_id>/", "DELETE", scope="uploads:write", owns=an_upload, status=204, headers=TUS),
    row("uploads/<upload_id>/", "GET", scope="uploads:read", owns=an_upload),
    row("uploads/<upload_id>/", "DELETE", scope="uploads:write", owns=an_upload),
    # The signed address is the permission, as with any presigned one.
    row("uploads/<upload_id>/content/", "PUT", scope=None, owns=an_address, key="ignored", body=CONTENT, stranger=200),
]
