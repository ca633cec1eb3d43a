"""Object keys of uploads: one folder each, below the folder of the tenant."""

import re
from uuid import UUID

_UNFIT = re.compile(r"[^A-Za-z0-9._-]")


def upload_folder(tenant: str, *, upload: UUID) -> str:
    """`account-12/uploads/<32 hex>`: folder of all objects of an upload."""
    return f"{_UNFIT.sub('-', tenant)}/uploads/{upload.hex}"


def incoming_key(tenant: str, *, upload: UUID) -> str:
    """Key that a client writes to through a presigned URL. The client may overwrite it, so nothing is read from it twice."""
    return f"{upload_folder(tenant, upload=upload)}/incoming"


def content_key(tenant: str, *, upload: UUID, sha256: str) -> str:
    """Key of the measured file. It contains the digest, so that the file that was priced is the file that is processed."""
    return f"{upload_folder(tenant, upload=upload)}/{sha256}"


def piece_key(tenant: str, *, upload: UUID, piece: str) -> str:
    """Key of a piece of a resumable upload. Each attempt has a name of its own, so that two at once never overwrite each other."""
    return f"{pieces_folder(tenant, upload=upload)}/{piece}"


def pieces_folder(tenant: str, *, upload: UUID) -> str:
    """Folder of the pieces, which are deleted once the file is measured."""
    return f"{upload_folder(tenant, upload=upload)}/pieces"
