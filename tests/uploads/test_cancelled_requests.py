"""Requests that are cancelled while their recordings are stored: nothing stays behind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.callers import Caller, caller_of_key
from apps.core.deferred import Exchange
from apps.uploads.models import Upload
from apps.uploads.services import SourceLimits, hand_over, hold_files, ingest_sources_async, order_source
from apps.uploads.threads import forget_threads
from tests.factories import AccountFactory, make_key
from tests.uploads.cancelling import cancel_at, recording
from tests.uploads.people import files_below

LIMITS = SourceLimits()


@pytest.fixture
def caller(transactional_db: None, home: Path, objects: Path, settings: Any) -> Caller:
    settings.TTSAI_INTAKE_THREADS = 4
    forget_threads()
    key, _ = make_key(AccountFactory(), scopes=[])
    return caller_of_key(key, address="192.0.2.1")


def form_file(number: int) -> "SimpleUploadedFile":
    return SimpleUploadedFile(f"{number}.wav", recording(number))


@pytest.mark.parametrize(
    ("name", "turn"), [("record_measured", 1), ("use_source", 1), ("order", 1), ("record_measured", 2), ("use_source", 2)]
)
def test_request_cancelled_while_its_recordings_are_stored_leaves_neither_rows_nor_objects(
    caller: Caller, objects: Path, name: str, turn: int
) -> None:
    order = order_source(caller, file=form_file(0), file_url=None, upload_id=None, limits=LIMITS)
    held = hold_files(caller, files=[form_file(1)], limits=LIMITS, param="file")
    cancel_at(name, lambda exchange: ingest_sources_async(exchange, order, held=held), turn=turn)
    assert not Upload.objects.exists()
    assert files_below(objects) == []
    assert all(file.spool.file.closed for file in held)


def test_request_cancelled_before_its_job_is_made_releases_the_recordings(caller: Caller, objects: Path) -> None:
    order = order_source(caller, file=form_file(0), file_url=None, upload_id=None, limits=LIMITS)
    begun: list[Sequence[Any]] = []

    async def request(exchange: Exchange) -> None:
        await hand_over(exchange, await ingest_sources_async(exchange, order), begun.append)

    cancel_at("take", request)
    assert begun == []
    assert not Upload.objects.exists()
    assert files_below(objects) == []
