"""Documents of audio tools in responses."""

from typing import Any

from apps.billing import prices
from apps.jobs.models import Job
from apps.jobs.outcomes import substitution_shape
from apps.transcription.documents import read_document
from workers.contract.audio_tools import ToolDocument


def document_shape(job: Job) -> dict[str, Any]:
    """Facts that the tool found, as its worker wrote them."""
    return dict(read_document(job, ToolDocument).fields)


def answer_shape(job: Job) -> dict[str, Any]:
    """Whole response of a tool that answers with JSON."""
    return {
        **document_shape(job),
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "credits_used": prices.credits(job.charged_millicredits),
        **substitution_shape(job),
    }
