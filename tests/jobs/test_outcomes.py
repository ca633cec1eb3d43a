"""Jobs without a result: the error that a waiting client receives."""

import pytest

from apps.jobs.models import Job
from apps.jobs.outcomes import failure_as_error


@pytest.mark.parametrize(
    ("state", "code", "reported"),
    [
        ("failed", "nothing_to_say", (400, "invalid_request_error", "nothing_to_say")),
        ("failed", "invalid_text", (400, "invalid_request_error", "invalid_text")),  # a chat server that refuses the text, say
        ("failed", "bad_audio", (400, "invalid_request_error", "bad_audio")),
        ("failed", "engine_unavailable", (503, "server_error", "engine_unavailable")),
        ("failed", "storage_unavailable", (503, "server_error", "storage_unavailable")),
        ("failed", "worker_lost", (503, "server_error", "worker_lost")),
        ("failed", "timed_out", (504, "server_error", "timed_out")),
        ("failed", "internal_error", (500, "server_error", "internal_error")),
        ("failed", "", (500, "server_error", "internal_error")),
        ("expired", "", (503, "server_error", "expired")),
        ("cancelled", "cancelled", (409, "invalid_request_error", "cancelled")),
    ],
)
def test_a_failure_code_maps_to_a_client_or_server_error(state: str, code: str, reported: tuple[int, str, str]) -> None:
    job = Job(state=state, error_code=code)
    error = failure_as_error(job)
    assert (error.status, error.type, error.code) == reported
    assert error.extra == {"uuid": job.uuid.hex}
    assert error.message
