"""Object keys of a job: one folder per job, and below it one per attempt at a part."""

import re
from typing import Any
from uuid import UUID

from apps.core.storage import get_storage
from apps.jobs.models import Part
from workers.contract.formats import DOCUMENT, extension_of
from workers.contract.references import StoredObject

MANIFEST = "manifest.json"
TIMINGS = "timings.json"
JSON_TYPE = "application/json"

_UNFIT = re.compile(r"[^A-Za-z0-9._-]")


def job_folder(tenant: str, *, job: UUID) -> str:
    """`account-12/<32 hex>`: folder of all objects of a job."""
    return f"{_UNFIT.sub('-', tenant)}/{job.hex}"


def attempt_folder(tenant: str, *, job: UUID, index: int, token: UUID) -> str:
    """Folder of one attempt at a part: a late worker writes beside its successor, never over it."""
    return f"{job_folder(tenant, job=job)}/{index}-{token.hex}"


def part_folder(part: Part) -> str:
    """Folder of the part's current attempt, or of the one that finished it."""
    if part.token is None:
        raise ValueError(f"part {part} has no attempt")
    return attempt_folder(part.tenant, job=part.job_id, index=part.index, token=part.token)


def output_name(output_format: str) -> str:
    """`audio.mp3`, or `document.json`."""
    return f"{'document' if output_format == DOCUMENT else 'audio'}.{extension_of(output_format)}"


def output_key(part: Part) -> str:
    """Key of the part's output."""
    return f"{part_folder(part)}/{output_name(part.work['format'])}"


def timings_key(part: Part) -> str:
    """Key of the timings of the words in the output, or of other data beside the output."""
    return f"{part_folder(part)}/{TIMINGS}"


def object_reference(key: str) -> dict[str, str]:
    """Placeholder in a part's work for the address of an object, until the part is admitted."""
    return {"$key": key}


def with_addresses(work: Any) -> Any:
    """The work with an address, signed now, in place of each reference."""
    if isinstance(work, dict):
        if "$key" in work:
            return get_storage().reading_address(work["$key"]).to_dict()
        if work.keys() == {"key", "kind"} and work["kind"] in StoredObject.KINDS:
            return get_storage().reading_address(work["key"]).to_dict()
        return {name: with_addresses(value) for name, value in work.items()}
    if isinstance(work, list):
        return [with_addresses(item) for item in work]
    return work
