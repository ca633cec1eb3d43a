"""Links of the page of a finished job: whatever the kind, each one that is offered leads to a file or a page."""

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client

from apps.accounts.callers import Caller
from apps.accounts.models import Account
from apps.core.deferred import Deferred
from apps.core.storage import get_storage
from apps.jobs.kinds import JobKind, job_kinds
from apps.jobs.models import Job, JobState
from apps.jobs.objects import job_folder
from tests.factories_jobs import AUDIO, announce, engine_spec, submit
from tests.pages.dashboard import make_voice
from workers.contract.audio_tools import ToolDocument
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import AUDIO as AUDIO_OUTPUT
from workers.contract.outputs import TEXT, TIMINGS
from workers.contract.transcription import AlignedWord, ScriptDocument, TranscriptDocument, TranscriptSegment

SPOKEN: Final = "Two seagulls."
DOCUMENTS: Final[Mapping[type, Any]] = {
    ToolDocument: ToolDocument({"key": "C major", "tempo": 92}),
    ScriptDocument: ScriptDocument("Zwei Moewen.", SPOKEN, "de", "en", (SPOKEN,)),
    TranscriptDocument: TranscriptDocument(SPOKEN, "en", 1.5, (TranscriptSegment(0.0, 1.5, SPOKEN),)),
}
PUBLIC: Final = [kind for kind in job_kinds().values() if not kind.is_internal]
WITHOUT_TEXT: Final = {
    "audio-convert", "audio-trim-silence", "audio-normalize", "audio-enhance", "audio-dereverb", "audio-separate", "audio-waveform",
    "audio-analyze", "audio-verify", "audio-diarize", "speech-to-speech", "composition",
}  # fmt: skip
"""Kinds whose results speak no text that the platform knows."""


def finished_job(sender: Caller, kind: JobKind[Any]) -> Job:
    """Completed job of the kind, with the files that its workers store."""
    job = submit(sender, SPOKEN).job
    files: dict[tuple[str, str], bytes] = {}
    if kind.document is not ToolDocument and kind.name != "transcription":
        files[AUDIO_OUTPUT, "mp3"] = AUDIO
    if kind.document is not None or kind.result_shape:
        files[TEXT, DOCUMENT] = json.dumps(DOCUMENTS[kind.document or TranscriptDocument].to_dict()).encode()
    if kind.has_timings:
        files[TIMINGS, DOCUMENT] = json.dumps({"words": [AlignedWord(SPOKEN, 0.0, 1.5, 0, len(SPOKEN)).to_dict()]}).encode()
    outputs = []
    for (name, file_format), content in files.items():
        key = f"{job_folder(job.tenant, job=job.uuid)}/{name}"
        get_storage().put_bytes(key, content, content_type="application/octet-stream")
        outputs.append({"name": name, "key": key, "format": file_format, "bytes": len(content), "audio_seconds": 1.5})
    voice = make_voice(sender.required_account).voice_id if kind.name == "voice-clone" else ""
    spoken = {"text": SPOKEN, "language": "en-us", "model": "kokoro", "voice": voice}
    params = {} if kind.name in WITHOUT_TEXT else spoken
    changes = {"kind": kind.name, "state": JobState.COMPLETED, "result": {"outputs": outputs}, "params": params}
    Job.objects.filter(uuid=job.uuid).update(**changes, output_format=outputs[0]["format"], finished_at=job.created_at)
    return Job.objects.get(uuid=job.uuid)


@pytest.mark.parametrize("kind", PUBLIC, ids=str)
def test_each_link_of_a_finished_job_leads_somewhere(owner: Client, sender: Caller, account: Account, kind: JobKind[Any]) -> None:
    announce(engine_spec(has_cloning=True), engine_spec("enrol", kind="enrol", has_cloning=False))
    job = finished_job(sender, kind)
    page = owner.get(f"/dashboard/jobs/{job.uuid.hex}/")
    assert page.status_code == 200
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    links = {unescape(link) for link in re.findall(r'(?:href|src|data-waveform)="(/[^"#]+)"', main)}
    assert len(links) > 1
    answers = {link: owner.get(link) for link in links}
    assert {link: one.status_code for link, one in answers.items() if not isinstance(one, Deferred) and one.status_code != 200} == {}
    assert any("subtitles" in link for link in links) == (kind.name not in WITHOUT_TEXT)
