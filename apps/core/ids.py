"""Identifiers in requests: job uuids in both spellings, and request ids."""

import re
import uuid

_UUID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def find_uuid(text: str) -> uuid.UUID | None:
    """Parse a uuid with or without dashes; None for anything else."""
    return uuid.UUID(text) if _UUID.fullmatch(text) else None


def request_id_from(header: str) -> str:
    """The client's X-Request-Id if it is safe in a log line, otherwise a new one."""
    return header if _SANE_REQUEST_ID.fullmatch(header) else f"req_{uuid.uuid4().hex}"
