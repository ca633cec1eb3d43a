"""Files of the cache, by their content: claimed, copied, referred to, and deleted when nothing refers to them any more.

Kill -9 at any moment loses no file that is referred to and leaves none behind: a file's row is committed before the file is written, and
a row without references is swept, file first, once no job has claimed it lately. The sweep holds the row's lock, for which claims wait.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from apps.cache.models import EntryObject, JobObject
from apps.core.storage import MissingObjectError, get_storage
from workers.contract.formats import extension_of

logger = logging.getLogger(__name__)

OutputRow = Mapping[str, Any]
"""File of a result, as a job's row keeps it: name, key, format, bytes, sha256, …"""

CLAIM_SECONDS: Final = 600.0
"""Age of a claim from which on a file without references is deleted: no job needs so long between its claim and its end."""
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]")

# DO UPDATE: a row that exists is claimed anew, so that the sweep leaves it alone.
CLAIM = """
INSERT INTO cache_cachedobject (scope, sha256, format, key, bytes) VALUES (%(scope)s, %(sha256)s, %(format)s, %(key)s, %(bytes)s)
ON CONFLICT (scope, sha256, format) DO UPDATE SET claimed_at = clock_timestamp()
RETURNING id, EXISTS (SELECT 1 FROM cache_entryobject WHERE cached_object_id = cache_cachedobject.id)
    OR EXISTS (SELECT 1 FROM cache_jobobject WHERE cached_object_id = cache_cachedobject.id)
"""
UNUSED = """
SELECT id, key FROM cache_cachedobject AS object WHERE claimed_at < clock_timestamp() - make_interval(secs => %(seconds)s)
AND NOT EXISTS (SELECT 1 FROM cache_entryobject WHERE cached_object_id = object.id)
AND NOT EXISTS (SELECT 1 FROM cache_jobobject WHERE cached_object_id = object.id)
ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""

# Looks at the references once more, now that the row is locked: one may have been committed while the row was searched.
DELETE_UNUSED = """
DELETE FROM cache_cachedobject AS object WHERE id = %(id)s
AND NOT EXISTS (SELECT 1 FROM cache_entryobject WHERE cached_object_id = object.id)
AND NOT EXISTS (SELECT 1 FROM cache_jobobject WHERE cached_object_id = object.id)
"""


@dataclass(frozen=True, slots=True)
class ClaimedFiles:
    """Files of a result in the cache that nothing refers to yet."""

    ids: tuple[int, ...]
    outputs: tuple[dict[str, Any], ...]
    """The result's files with the cache's keys."""

    @property
    def bytes(self) -> int:
        return sum(int(output["bytes"]) for output in self.outputs)


def cache_folder(scope: str) -> str:
    """`account-12/cache`: folder of the files of a scope."""
    return f"{_UNFIT.sub('-', scope)}/cache"


def claim_files(scope: str, *, outputs: Iterable[OutputRow]) -> ClaimedFiles | None:
    """Copy the files of a result into the cache, where they are not there already; None if one has no digest or is gone.

    Not inside a transaction: each claim is committed before its file is written. Raises StorageAwayError.
    """
    ids, claimed = [], []
    for output in outputs:
        if not output["sha256"] or not output["bytes"]:
            return None
        key = f"{cache_folder(scope)}/{output['sha256']}.{extension_of(output['format'])}"
        object_id, is_stored = _claim(scope, output=output, key=key)
        if not is_stored:
            try:
                get_storage().copy(output["key"], key)
            except MissingObjectError:
                return None
        ids.append(object_id)
        claimed.append({**output, "key": key})
    return ClaimedFiles(tuple(ids), tuple(claimed))


def lock_claimed(files: ClaimedFiles) -> bool:
    """Keep the rows from being swept until the transaction ends. False if one was swept already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cache_cachedobject WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [sorted(set(files.ids))])
        return len(cursor.fetchall()) == len(set(files.ids))


def refer_to_objects(job_uuid: UUID, *, object_ids: Iterable[int]) -> None:
    """Keep the files as long as the job's result."""
    JobObject.objects.bulk_create(
        [JobObject(job_uuid=job_uuid, cached_object_id=object_id) for object_id in dict.fromkeys(object_ids)], ignore_conflicts=True
    )


def release_objects(job_uuids: Sequence[UUID]) -> int:
    """Remove the references of jobs whose results are deleted; their files are swept if nothing else refers to them."""
    return JobObject.objects.filter(job_uuid__in=job_uuids).delete()[0]


def is_given_out(scope: str, *, digests: Iterable[str]) -> bool:
    """True if a job got a file of one of these digests from the cache."""
    wanted = [digest for digest in digests if digest]
    return JobObject.objects.filter(cached_object__scope=scope, cached_object__sha256__in=wanted).exists()


def object_ids_of(entry_id: int) -> list[int]:
    return list(EntryObject.objects.filter(entry_id=entry_id).values_list("cached_object_id", flat=True))


def sweep_objects(*, claim_seconds: float = CLAIM_SECONDS) -> int:
    """Delete files that nothing refers to; returns their number. Raises StorageAwayError."""
    swept = 0
    while _sweep_one(claim_seconds):
        swept += 1
    return swept


def _sweep_one(claim_seconds: float) -> bool:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(UNUSED, {"seconds": claim_seconds})
            row = cursor.fetchone()
        if row is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute(DELETE_UNUSED, {"id": row[0]})
            is_unused = cursor.rowcount == 1
        if is_unused:
            get_storage().delete(row[1])
    return True


def _claim(scope: str, *, output: OutputRow, key: str) -> tuple[int, bool]:
    """Id of the file's row, and True if something refers to it already, so that it is stored."""
    values = {"scope": scope, "sha256": output["sha256"], "format": output["format"], "key": key, "bytes": output["bytes"]}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        object_id, is_stored = cursor.fetchone()
    return int(object_id), bool(is_stored)
