"""Migration 0007: rows that an older version wrote are read, downloaded and worked off as those of today."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from apps.jobs.dispatch import dispatch
from apps.jobs.models import Job, Part
from apps.jobs.results import ResultOutput
from tests.factories_jobs import announce, part_of, reread, work_off

pytestmark = pytest.mark.prove  # every migration after 0006 is undone and done again: 12 CPU seconds
SPEECH, TRANSLATION, LONG_TEXT, RECORDING = (UUID(int=number) for number in range(1, 5))
TOKEN = UUID(int=99)
SOUND = {"bytes": 20, "sha256": "a" * 64, "audio_seconds": 1.5, "sample_rate": 24000}
RESULT = {"file_name": "output.mp3", "content_type": "audio/mpeg", "format": "mp3", **SOUND}
STORED = {"output_bytes": 20, "output_sha256": "a" * 64, "audio_seconds": 1.5, "sample_rate": 24000, "units_done": 0, "has_timings": True}


def migrate_old_rows() -> None:
    """The schema of migration 0006 with rows in it, migrated to today's."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    before = executor.migrate([("jobs", "0006_indexes")]).apps
    try:
        insert_old_rows(before.get_model("jobs", "Job"), before.get_model("jobs", "Part"))
    finally:
        MigrationExecutor(connection).migrate(leaves)


def insert_old_rows(job_model: Any, part_model: Any) -> None:
    def job(uuid: UUID, **changes: Any) -> None:
        values = {"tenant": "somebody", "kind": "speech", "queue": "kokoro", "lane": "normal", "concurrency_limit": 5, "units": 8}
        job_model.objects.create(uuid=uuid, **{**values, **changes})

    def part(uuid: UUID, index: int, **changes: Any) -> None:
        values = {"index": index, "tenant": "somebody", "queue": "kokoro", "lane": "normal", "stage": index, "state": "waiting"}
        part_model.objects.create(job_id=uuid, **{**values, **changes})

    over = {"state": "completed", "finished_at": timezone.now()}
    job(SPEECH, result={"key": "s/audio.mp3", "timings_key": "s/timings.json", **RESULT}, **over)
    job(TRANSLATION, result={"key": "t/audio.mp3", "timings_key": None, "document_key": "t/document.json", **RESULT}, **over)
    job(LONG_TEXT, part_count=3, output_format="mp3")
    for index, text in enumerate(["One.", "Two."]):
        work = {"engine": "kokoro", "voice": "af_bella", "text": text, "format": "flac"}
        part(LONG_TEXT, index, kind="speak", work=work, units=4, state="waiting" if index else "queued", stage=0, opens_job=not index)
    inputs = [{"audio": {"$output": index}, "timings": {"$timings": index}, "start_character": 4 * index} for index in (0, 1)]
    part(LONG_TEXT, 2, kind="join", work={"format": "mp3", "inputs": inputs}, queue="codec", stage=1)
    job(RECORDING, kind="transcription", part_count=3, state="running")
    manifest = {"job": RECORDING.hex, "part": 0, "token": TOKEN.hex, **STORED}
    part(RECORDING, 0, kind="prepare", work={"source": {"$key": "r.mp3"}, "format": "wav"}, state="done", token=TOKEN, manifest=manifest)
    heard = {"audio": {"$key": "r/audio.wav"}, "survey": {"$key": "r/timings.json"}, "format": "json"}
    part(RECORDING, 1, kind="listen", work=heard, state="queued", queue="whisper")
    part(RECORDING, 2, kind="transcript", work={"pieces": [{"$output": 1}], "survey": {"$timings": 0}, "format": "json"})


def test_rows_of_an_older_version_are_read_and_their_parts_are_done() -> None:
    migrate_old_rows()
    speech, translation = Job.objects.get(uuid=SPEECH), Job.objects.get(uuid=TRANSLATION)
    audio = {"format": "mp3", **SOUND}
    assert speech.outputs == (ResultOutput("audio", "s/audio.mp3", **audio), ResultOutput("timings", "s/timings.json", "json"))
    assert translation.outputs == (ResultOutput("audio", "t/audio.mp3", **audio), ResultOutput("document", "t/document.json", "json"))

    prepare, listen, transcript = Part.objects.filter(job_id=RECORDING).order_by("index")
    assert [spec.file_name for spec in prepare.output_specs] == ["audio.wav", "timings.json"]
    assert (prepare.has_stored("audio"), prepare.has_stored("timings")) == (True, True)
    assert listen.work["survey"] == {"key": "r/timings.json", "kind": "stored_object"}
    assert (transcript.work["pieces"], transcript.work["survey"]) == (
        [{"index": 1, "name": "document", "kind": "part_output"}],
        {"index": 0, "name": "timings", "kind": "part_output"},
    )
    assert [spec.is_kept for part in (prepare, listen, transcript) for spec in part.output_specs] == [False, False, False, True]

    announce()
    long_text = Job.objects.get(uuid=LONG_TEXT)
    dispatch("kokoro")
    work_off("kokoro")
    work_off("codec")
    assert (reread(long_text).state, [output.name for output in reread(long_text).outputs]) == ("completed", ["audio"])
    assert [entry["audio"]["kind"] for entry in part_of(long_text, 2).work["inputs"]] == ["stored_object", "stored_object"]
