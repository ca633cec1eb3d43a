"""Hooks of schemathesis, which it imports in its own process."""

import schemathesis


@schemathesis.serializer("audio/wav")
def as_bytes(_context: object, value: object) -> bytes:
    """Body of a range of media types, `audio/*`, for which schemathesis has no serializer of its own."""
    return value if isinstance(value, bytes) else str(value).encode()
