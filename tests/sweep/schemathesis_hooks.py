"""Hooks of schemathesis, which it imports in its own process."""

import schemathesis


@schemathesis.serializer("audio/wav", "application/offset+octet-stream")
def as_bytes(_context: object, value: object) -> bytes:
    """Body of media types for which schemathesis has no serializer of its own: a range, `audio/*`, and the pieces of resumable uploads."""
    return value if isinstance(value, bytes) else str(value).encode()
