"""Export of an account: one ZIP archive with its rows as JSON and its files, made while it is sent."""

import json
from collections.abc import Generator, Iterator
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from apps.accounts.models import Account
from apps.core.archives import ArchiveEntry, zip_chunks
from apps.core.storage import MissingObjectError, get_storage
from apps.privacy.holdings import exported_models, fields_of, files_of

CHUNK_BYTES: Final = 1 << 18
ROWS_AT_ONCE: Final = 500


def export_chunks(account: Account) -> Generator[bytes]:
    """Bytes of the archive, in memory bounded by some rows and a chunk. Secrets are left out. Reads database and store."""
    return zip_chunks(_entries(account))


def _entries(account: Account) -> Iterator[ArchiveEntry]:
    yield ArchiveEntry("account.json", iter([_line(fields_of(account))]))
    for owned in exported_models():
        rows = owned.rows(account).order_by("pk")
        if rows.exists():
            yield ArchiveEntry(f"rows/{owned.label.lower()}.jsonl", _lines(rows))
    for file in files_of(account):
        size = get_storage().stat(file.key)
        if size is not None:  # a result may expire meanwhile
            yield ArchiveEntry(f"files/{file.name}", _content(file.key), size=size.bytes)


def _lines(rows: models.QuerySet[Any]) -> Iterator[bytes]:
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield _line(fields_of(row))


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"


def _content(key: str) -> Iterator[bytes]:
    try:
        stream = get_storage().open_stream(key)
    except MissingObjectError:
        return
    try:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
    finally:
        stream.close()
