"""Keys of the objects of uploads: below one folder for each, in the folder of its tenant."""

import re
from uuid import UUID

_UNFIT = re.compile(r"[^A-Za-z0-9._-]")


def upload_folder(tenant: str, *, upload: UUID) -> str:
    """`account-12/uploads/<32 hex>`: all that an upload ever stored."""
    return f"{_UNFIT.sub('-', tenant)}/uploads/{upload.hex}"


def incoming_key(tenant: str, *, upload: UUID) -> str:
    """Key that a client writes to through a presigned address: it may write again, so nothing is read from here twice."""
    return f"{upload_folder(tenant, upload=upload)}/incoming"


def content_key(tenant: str, *, upload: UUID, sha256: str) -> str:
    """Key of the measured file: named by its content, so that what was priced is what is worked on."""
    return f"{upload_folder(tenant, upload=upload)}/{sha256}"
