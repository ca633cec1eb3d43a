"""Idempotency-Key of a request, and the digest that detects an identical body."""

import hashlib
import json
import re
from typing import Any

from apps.core.errors import InvalidRequestError

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


def idempotency_key(header: str | None) -> str | None:
    """The key as sent; None if absent. 400 for one unfit for logs and indexes."""
    if header is None:
        return None
    if not _KEY.fullmatch(header):
        raise InvalidRequestError("Idempotency-Key is 1 to 255 printable ASCII characters.", code="invalid_idempotency_key")
    return header


def body_digest(endpoint: str, body: Any) -> str:
    """SHA-256 of the endpoint and the body, independent of key order and whitespace."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{endpoint}\n{canonical}".encode()).hexdigest()
