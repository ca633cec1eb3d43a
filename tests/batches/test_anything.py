"""Property tests of batches: each item is a job or has a reason, and the sums are consistent."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.batches.models import Batch
from apps.billing.selectors import ledger_differences
from tests.batches.making import jobs_of
from tests.examples import examples
from tests.speech.people import Person, person
from tests.speech.test_anything import ANYTHING, BODIES


def is_sendable(item: Any) -> bool:
    """True for a JSON value: NaN and Infinity make the whole body unreadable."""
    try:
        return isinstance(item, dict) and bool(json.dumps(item, allow_nan=False))
    except ValueError:
        return False


ITEMS = st.lists(BODIES.filter(is_sendable), min_size=1, max_size=6)
ENVELOPES = ANYTHING | st.dictionaries(st.sampled_from(("texts", "webhook_url", "other")), ANYTHING | ITEMS, max_size=3)


def money_adds_up(who: Person, *, before: int) -> bool:
    batch = Batch.objects.latest("created_at")
    return before - who.millicredits == sum(job.reserved_millicredits for job in jobs_of(batch)) and ledger_differences() == []


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=ITEMS)
def test_every_item_is_a_job_or_a_reason(items: list[Any]) -> None:
    who = person(credits=10)
    before = who.millicredits
    answer = who.post("/v1/tts/batch/", json.dumps({"texts": items}))
    assert answer.status_code == 200
    reported = who.get("/v1/tts/batch/result/", batch_id=answer.json()["batch_id"]).json()
    assert [item["index"] for item in reported["items"]] == list(range(len(items)))
    assert all(bool(item["uuid"]) != bool(item["error"] and item["code"]) for item in reported["items"])
    assert money_adds_up(who, before=before)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ENVELOPES, batch_id=st.text(max_size=40))
def test_no_body_and_no_id_makes_the_server_fail(owner: Person, body: Any, batch_id: str) -> None:
    answer = owner.post("/v1/tts/batch/", json.dumps(body))
    assert answer.status_code in {200, 400, 429}
    assert answer.status_code == 200 or answer.json()["error"]["message"]
    assert owner.get("/v1/tts/batch/result/", batch_id=batch_id).status_code in {400, 404}
