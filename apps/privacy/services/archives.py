"""Export of an account: one ZIP archive with its rows as JSON and its files, made while it is sent."""

import json
from collections.abc import Container, Generator, Iterator
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from apps.accounts.models import Account, User
from apps.conversations.kinds import VOICE_CHAT
from apps.core.archives import ArchiveEntry, zip_chunks
from apps.core.storage import MissingObjectError, get_storage
from apps.core.streamed_files import CHUNK_BYTES
from apps.privacy.holdings import exported_models, fields_of, files_of, members_of, rows_of_person

ROWS_AT_ONCE: Final = 500
CONVERSATIONS: Final = "conversations"
JOBS: Final = "jobs.Job"


def export_chunks(account: Account, *, person: User | None = None, without: Container[str] = ()) -> Generator[bytes]:
    """Bytes of the archive, in memory bounded by some rows and a chunk. Secrets are left out. Reads database and store.

    person: who asked for it, whose own login is put in too; of other members it holds address, role and date. without: apps
    (`payments`) and models (`billing.LedgerEntry`) whose rows are left out; with `conversations` the jobs of their turns and their files too.
    """
    return zip_chunks(_entries(account, person, without))


def _entries(account: Account, person: User | None, without: Container[str]) -> Iterator[ArchiveEntry]:
    yield ArchiveEntry("account.json", iter([_line(fields_of(account))]))
    yield ArchiveEntry("members.jsonl", map(_line, members_of(account)))
    rows_by_label = [(owned.label, owned.rows(account)) for owned in exported_models()]
    if person is not None:
        rows_by_label += rows_of_person(person)
    for label, rows in rows_by_label:
        shown = rows.exclude(kind=VOICE_CHAT.name) if label == JOBS and CONVERSATIONS in without else rows
        if label not in without and label.partition(".")[0] not in without and shown.exists():
            yield ArchiveEntry(f"rows/{label.lower()}.jsonl", _lines(shown.order_by("pk")))
    for file in files_of(account, without_kinds=(VOICE_CHAT.name,) if CONVERSATIONS in without else ()):
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
