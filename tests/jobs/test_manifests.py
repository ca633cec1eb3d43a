"""Invalid manifests: the part is attempted again, and no other job is delayed."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from apps.core.storage import get_storage
from apps.jobs.manifests import LARGEST_MANIFEST
from apps.jobs.models import Part, ReaperClock
from apps.jobs.objects import MANIFEST, part_folder
from apps.jobs.services.finish import finish_part
from apps.jobs.services.reap import reap
from tests.factories_jobs import announce, caller, outcome_of, part_of, reread, started, store_output, submit
from tests.jobs.observing import age_leases
from workers.contract.messages import Manifest

HUGE = 10**400
FIELDS: dict[str, dict[str, Any]] = {
    "another token": {"token": "0" * 32},
    "a token that is a list": {"token": ["0" * 32]},
    "another job": {"job": "0" * 32},
    "another part": {"part": 7},
    "a part that is true": {"part": False},
    "units that are a list": {"units_done": [1]},
    "huge units": {"units_done": HUGE},
    "a notice that is a text": {"is_notice": "\ud800"},
    "details that are a list": {"details": [1]},
    "details with a NaN": {"details": {"seconds": float("nan")}},
    "details with a NUL": {"details": {"voice": "a\0b"}},
    "details with half a pair": {"details": {"voice": "\ud800"}},
    "no outputs": {"outputs": ()},
}
OUTPUT_FIELDS: dict[str, dict[str, Any]] = {
    "an output that nobody declared": {"name": "vocals"},
    "a name that is a list": {"name": ["audio"]},
    "another media type": {"media_type": "audio/wav"},
    "a negative size": {"bytes": -1},
    "a size that is a text": {"bytes": "5"},
    "a huge size": {"bytes": HUGE},
    "no digest": {"sha256": None},
    "a short digest": {"sha256": "abc"},
    "a length that is not a number": {"audio_seconds": float("nan")},
    "an endless length": {"audio_seconds": float("inf")},
    "a huge length": {"audio_seconds": HUGE},
    "a negative length": {"audio_seconds": -1.0},
    "a length that is a text": {"audio_seconds": "1.5"},
    "a rate that is a fraction": {"sample_rate": 24000.5},
    "a negative rate": {"sample_rate": -24000},
}
FILES = {
    "nothing": b"",
    "a truncated object": b'{"job": "00',
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "no UTF-8": b"\xff\xfe{}",
    "an object without fields": b"{}",
    "endless brackets": b"[" * 100_000,
    "more than a manifest ever has": b'{"job": "' + b"0" * LARGEST_MANIFEST + b'"}',
}


def store_manifest(part: Part, data: bytes) -> None:
    get_storage().put_bytes(f"{part_folder(part)}/{MANIFEST}", data, content_type="application/json")


def bad_manifests(manifest: Manifest) -> dict[str, Manifest]:
    """Manifests with one fault each, by the fault."""
    [output] = manifest.outputs
    bad = {name: replace(manifest, **changes) for name, changes in FIELDS.items()}
    bad |= {name: replace(manifest, outputs=(replace(output, **changes),)) for name, changes in OUTPUT_FIELDS.items()}
    return bad | {"an output twice": replace(manifest, outputs=(output, output))}


NAMES = (*FIELDS, *OUTPUT_FIELDS, "an output twice")


def test_a_bad_manifest_means_another_attempt_and_delays_no_other_job() -> None:
    announce(slots=200)
    bad = {}
    for name in NAMES:
        bad[name] = submit(caller()).job
        part = started(part_of(bad[name]))
        store_manifest(part, json.dumps(bad_manifests(store_output(part))[name].to_dict()).encode())
    for name, data in FILES.items():
        bad[name] = submit(caller()).job
        part = started(part_of(bad[name]))
        store_output(part)
        store_manifest(part, data)
    good = submit(caller()).job
    store_output(started(part_of(good)))
    age_leases()
    announce(slots=200)  # preparing so many jobs may take longer than a worker counts as seen
    ReaperClock.objects.create(last_run_at=timezone.now())
    assert reap() == len(bad) + 1
    assert reread(good).state == "completed"
    assert {name: part_of(job).attempts for name, job in bad.items()} == dict.fromkeys(bad, 2)
    for job in bad.values():
        assert reread(job).state == "running"


@pytest.mark.usefixtures("_awake")
def test_a_manifest_whose_adoption_raises_means_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> bool:
        raise RuntimeError("a bug")

    announce()
    job = submit(caller()).job
    store_output(started(part_of(job)))
    age_leases()
    monkeypatch.setattr("apps.jobs.services.recover.finish_part", refuse)
    assert reap() == 1
    assert (reread(job).state, part_of(job).attempts) == ("running", 2)


def test_a_finish_message_with_a_bad_manifest_is_a_failed_attempt() -> None:
    announce(slots=200)
    ends = {}
    for name in NAMES:
        part = started(part_of(submit(caller()).job))
        manifest = bad_manifests(store_output(part))[name]
        assert finish_part(outcome_of(part, manifest=manifest)), name
        part.refresh_from_db()
        ends[name] = (part.attempts, part.error_code, part.manifest)
    assert ends == dict.fromkeys(NAMES, (1, "storage_unavailable", None))
