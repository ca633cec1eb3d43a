"""Imports of voices that are cancelled while their recordings are stored."""

import hashlib
import io
import json

import pytest

from apps.accounts.callers import caller_of_key
from apps.core.deferred import Exchange
from apps.uploads.models import Upload
from apps.uploads.spool import Spool
from apps.voices.archives.manifest import write_manifest
from apps.voices.models import Enrolment
from apps.voices.services.importing import import_voices_async
from tests.factories import AccountFactory, make_key
from tests.uploads.cancelling import cancel_at, recording
from tests.voices.archives import packed


@pytest.mark.parametrize(("name", "turn"), [("use_source", 1), ("use_source", 2), ("take", 1)])
def test_cancelled_import_of_voices_leaves_neither_recordings_nor_voices(name: str, turn: int) -> None:
    caller = caller_of_key(make_key(AccountFactory(), scopes=[])[0], address="192.0.2.1")
    files = {f"voices/1/samples/{number}": recording(number) for number in (1, 2)}
    samples = [{"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items()]
    entry = {"name": "Ada", "categories": [], "model": "kokoro-clone", "digest": "0" * 64, "samples": samples}
    manifest = json.loads(write_manifest([entry])) | {"signature": "of another server"}
    archive = packed(files, manifest)

    async def request(exchange: Exchange) -> None:
        with Spool.of(io.BytesIO(archive)) as spool:
            await import_voices_async(exchange, caller, spool=spool, consent=None, request_id="", count_clone=lambda: None)

    cancel_at(name, request, turn=turn)
    assert not Upload.objects.exists()
    assert not Enrolment.objects.exists()
