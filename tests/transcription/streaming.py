"""Streamed transcriptions of tests: a request whose worker's text the test publishes, and readers of the events."""

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from apps.core.events import publish_event
from apps.jobs.models import Part
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import outcome_of, started, store_output
from tests.speech.people import Person
from tests.transcription.conftest import HEARD, wait_until_admitted
from tests.web.shell import RunningShell
from workers.contract.transcription import TranscriptDocument, TranscriptWindow
from workers.text.transcripts import compact_segment

Event = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class BegunStream:
    """Response that has begun with the words of HEARD, and the part that continues."""

    response: httpx.Response
    part: Part

    def events(self) -> Iterator[Event]:
        """Name and data of each event as it arrives."""
        return events_of(self.response)

    def finish(self, heard: TranscriptDocument = HEARD) -> None:
        """Complete the part."""
        finish_part(outcome_of(self.part, manifest=store_output(self.part, audio=json.dumps(heard.to_dict()).encode())))

    def fail(self) -> None:
        """Fail the part."""
        finish_part(outcome_of(self.part, status="failed", error_code="internal_error", error_message="The model failed."))


def publish_text(part: Part) -> None:
    """Publish the words of HEARD as the part's worker does."""
    window = TranscriptWindow(part=part.index, start=0.1, end=0.9, language="en", is_last=True)
    segments = [compact_segment(segment) for segment in HEARD.segments]
    publish_event(part.job_id, {**window.to_dict(), "type": TranscriptWindow.EVENT, "segments": segments})


@contextlib.contextmanager
def begun_stream(server: RunningShell, somebody: Person, content: bytes, *, path: str = "/v1/stt/", **fields: str) -> Iterator[BegunStream]:
    """Send the request, and publish the first text once a worker has the part."""
    with httpx.Client(base_url=server.url, headers=somebody.headers, timeout=60) as client, ThreadPoolExecutor(1) as pool:
        request = client.build_request("POST", path, files={"file": ("audio.mp3", content)}, data={"stream": "true", **fields})
        sent = pool.submit(client.send, request, stream=True)
        part = started(wait_until_admitted())
        publish_text(part)
        response = sent.result()
        try:
            yield BegunStream(response, part)
        finally:
            response.close()


def events_of(response: httpx.Response) -> Iterator[Event]:
    """Name and data of each event of a response as it arrives."""
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
