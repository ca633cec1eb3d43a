"""Object keys of a job: one folder per job, and below it one per attempt at a part."""

import re
from typing import Any
from uuid import UUID

from apps.core.storage import get_storage
from apps.jobs.models import Part
from workers.contract.outputs import StoredOutput
from workers.contract.references import Address, PartOutput, StoredObject, replace_references

MANIFEST = "manifest.json"
JSON_TYPE = "application/json"

_UNFIT = re.compile(r"[^A-Za-z0-9._-]")


def tenant_folder(tenant: str) -> str:
    """`account-12`: folder of all objects of a tenant, of every app."""
    return _UNFIT.sub("-", tenant)


def job_folder(tenant: str, *, job: UUID) -> str:
    """`account-12/<32 hex>`: folder of all objects of a job."""
    return f"{tenant_folder(tenant)}/{job.hex}"


def attempt_folder(tenant: str, *, job: UUID, index: int, token: UUID) -> str:
    """Folder of one attempt at a part: a late worker writes beside its successor, never over it."""
    return f"{job_folder(tenant, job=job)}/{index}-{token.hex}"


def part_folder(part: Part) -> str:
    """Folder of the part's current attempt, or of the one that finished it."""
    if part.token is None:
        raise ValueError(f"part {part} has no attempt")
    return attempt_folder(part.tenant, job=part.job_id, index=part.index, token=part.token)


def output_key(part: Part, name: str) -> str:
    """Key of an output of the part's attempt, stored or not. Raises KeyError for a name that the part does not declare."""
    return f"{part_folder(part)}/{part.get_output(name).file_name}"


def stored_key(part: Part, output: StoredOutput) -> str:
    """Key of what belongs to the result: the signed copy of an output if there is one."""
    return f"{part_folder(part)}/{output.signed_name}" if output.signed_name else output_key(part, output.name)


def with_addresses(work: dict[str, Any]) -> dict[str, Any]:
    """A serialised work message with an address, signed now, in place of each stored object."""
    signed: dict[str, Any] = replace_references(work, _sign)
    return signed


def _sign(reference: StoredObject | PartOutput) -> Address:
    if isinstance(reference, PartOutput):
        raise TypeError(f"{reference} was not resolved when its stage opened")
    return get_storage().reading_address(reference.key)
