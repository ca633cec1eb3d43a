"""Documents of completed jobs: transcripts, translations, answers."""

import json
from dataclasses import replace
from typing import TypeVar

from apps.core.errors import GoneError
from apps.core.storage import MissingObjectError, get_storage
from apps.jobs.models import Job
from workers.contract.codec import Message
from workers.contract.outputs import TEXT
from workers.contract.transcription import ScriptDocument, TranscriptDocument
from workers.text.transcripts import whole_text

Document = TypeVar("Document", bound=Message)


def read_transcript(job: Job) -> TranscriptDocument:
    """Read the document of a completed transcription. 410 if it was deleted."""
    return read_document(job, TranscriptDocument)


def split_channels(document: TranscriptDocument, *, channels: int) -> list[TranscriptDocument]:
    """A document for each channel of a recording whose channels were transcribed on their own; otherwise the document alone."""
    if channels == 1:
        return [document]
    texts = [tuple(segment for segment in document.segments if segment.channel == number) for number in range(channels)]
    return [replace(document, segments=own, text=whole_text(own, language=document.language)) for own in texts]


def read_script(job: Job) -> ScriptDocument:
    """Read the document of a completed speech translation or voice chat. 410 if it was deleted."""
    return read_document(job, ScriptDocument)


def read_document(job: Job, kind: type[Document]) -> Document:
    """Read the document of a completed job. 410 if it was deleted."""
    output = job.find_output(TEXT)
    if output is None:
        raise GoneError("The result was deleted.")
    try:
        stored = get_storage().read_bytes(output.key)
    except MissingObjectError as error:
        raise GoneError("The result was deleted.") from error
    return kind.from_dict(json.loads(stored))
