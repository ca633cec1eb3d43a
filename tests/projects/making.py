"""Requests to ClonyVoice's API that tests repeat, and the work of their jobs."""

from typing import Any

from apps.jobs.models import Job, Part
from tests.factories_jobs import work_off
from tests.speech.people import Person

SECONDS = 1.5
"""Length of each audio that a test worker stores."""


def generate(who: Person, form: str, /, **body: Any) -> dict[str, Any]:
    """Queued generation of POST /api/generate/<form>."""
    answer = who.post(f"/api/generate/{form}?async=true", body)
    assert answer.status_code == 202, answer.content
    shape: dict[str, Any] = answer.json()
    return shape


def generated(who: Person, form: str, /, **body: Any) -> dict[str, Any]:
    """Completed generation of POST /api/generate/<form>."""
    shape = generate(who, form, **body)
    work()
    return generation(who, shape["generation_id"])


def generation(who: Person, generation_id: str) -> dict[str, Any]:
    answer = who.get(f"/api/generation/{generation_id}")
    assert answer.status_code == 200, answer.content
    shape: dict[str, Any] = answer.json()
    return shape


def work() -> list[Part]:
    """Do all admitted work: lines are spoken, joins follow."""
    return [*work_off("kokoro"), *work_off("codec")]


def spoken_texts(job: Job) -> list[str]:
    """Texts of the parts that speak, in their order."""
    parts = Part.objects.filter(job_id=job.uuid, kind="speak").order_by("index")
    return [part.work["text"] for part in parts]


def refusal(answer: Any) -> tuple[int, str, str | None]:
    """Status, code and parameter of an error of this dialect."""
    body = answer.json()
    assert body["detail"]
    return answer.status_code, body["code"], body["param"]
