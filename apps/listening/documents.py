"""Documents of completed jobs: transcripts, translations, answers."""

import json
from typing import TypeVar

from apps.core.errors import GoneError
from apps.core.storage import MissingObjectError, get_storage
from apps.jobs.models import Job
from workers.contract.codec import Message
from workers.contract.listening import ScriptDocument, TranscriptDocument

Document = TypeVar("Document", bound=Message)


def read_transcript(job: Job) -> TranscriptDocument:
    """Read the document of a completed transcription. 410 if it was deleted."""
    return _read(job, TranscriptDocument)


def read_script(job: Job) -> ScriptDocument:
    """Read the document of a completed speech translation or voice chat. 410 if it was deleted."""
    return _read(job, ScriptDocument)


def _read(job: Job, kind: type[Document]) -> Document:
    try:
        stored = get_storage().read_bytes((job.result or {})["document_key"])
    except (KeyError, MissingObjectError) as error:
        raise GoneError("The result was deleted.") from error
    return kind.from_dict(json.loads(stored))
