"""Bad requests, and the rules for every response to one."""

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from apps.core.dialects import dialect_of, render_platform_error
from tests.routes.shown_errors import read_error

SECONDS = 20.0
"""Time limit of every response: four times what an idle machine needs, so that other work on it is not taken for a hang."""
KEYS = {"message", "type", "code", "param", "request_id"}
TYPES = {"invalid_request_error", "authentication_error", "insufficient_credits", "rate_limit_error", "not_found"}
INSIDES = re.compile(
    r"Traceback|File \"|site-packages|\.py\b|psycopg|django|rest_framework|SELECT |UPDATE |INSERT |<class|object at 0x|127\.0\.0\.1|"
    r"/(?:work|home|tmp|usr|root|var|dev|proc|app)/",
    re.IGNORECASE,
)
"""Traces, paths, statements and internal addresses, which reveal the implementation."""


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
    """Other fields of a form with files."""
    headers: dict[str, Any] = field(default_factory=dict)
    has_key: bool = True
    status: int = 0
    """Exact status if given; otherwise any below 500."""
    code: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('?')[0][:60]}: {self.name}"


def check_answer(*, status: int, headers: Any, body: bytes, sent: str = "", path: str = "/") -> dict[str, Any]:
    """Check an error response and return its error. `sent`: text of the client, which may be echoed; `path`: its dialect is that of the error."""
    assert 400 <= status < 500, (status, body[:500])
    assert headers["content-type"] == "application/json"
    reported = json.loads(body)
    error: dict[str, Any]
    if dialect_of(path).render_error is render_platform_error:
        error = reported["error"]
        assert set(error) == KEYS
        assert error["type"] in TYPES
    else:
        error = asdict(read_error(path, headers, reported))
    assert error["message"]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", error["code"])
    assert error["request_id"] == headers["x-request-id"]
    assert len(body) < 4000
    found = INSIDES.search(body.decode())
    assert found is None or found[0] in sent, body
    return error
