"""Definition of a bad request, and the rules for every answer to one."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

SECONDS = 5.0
KEYS = {"message", "type", "code", "param", "request_id"}
TYPES = {"invalid_request_error", "authentication_error", "insufficient_credits", "rate_limit_error", "not_found"}
INSIDES = re.compile(
    r"Traceback|File \"|site-packages|\.py\b|psycopg|django|rest_framework|SELECT |UPDATE |INSERT |<class|object at 0x|127\.0\.0\.1|"
    r"/(?:work|home|tmp|usr|root|var|dev|proc|app)/",
    re.IGNORECASE,
)
"""Traces, paths, statements, addresses of our own servers: what tells a stranger how this is built."""


@dataclass(frozen=True)
class Bad:
    """One bad request."""

    name: str
    method: str
    path: str
    json: Any = None
    content: bytes | None = None
    files: dict[str, Any] | None = None
    data: dict[str, Any] | None = None
    """The other fields of a form with files."""
    headers: dict[str, Any] = field(default_factory=dict)
    has_key: bool = True
    status: int = 0
    """Exactly this one, where it is given; any below 500 else."""
    code: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('?')[0][:60]}: {self.name}"


def check_answer(*, status: int, headers: Any, body: bytes, sent: str = "") -> dict[str, Any]:
    """The error that the answer tells. `sent`: what the client wrote, which may be repeated to it."""
    assert 400 <= status < 500, (status, body[:500])
    assert headers["content-type"] == "application/json"
    told = json.loads(body)
    error: dict[str, Any] = told["error"]
    assert set(error) == KEYS
    assert error["type"] in TYPES
    assert error["message"]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", error["code"])
    assert error["request_id"] == headers["x-request-id"]
    assert len(body) < 4000
    found = INSIDES.search(body.decode())
    assert found is None or found[0] in sent, body
    return error
