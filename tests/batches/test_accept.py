"""POST /v1/tts/batch/: each text is a job of its own, and a bad one fails alone."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from apps.accounts.callers import Caller
from apps.batches.models import Batch, BatchItem
from apps.batches.orders import PlannedItem, plan_item
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.jobs.models import IdempotencyRecord, Job, Part
from apps.jobs.results import ResultOutput
from apps.jobs.services.submit import JobPlan
from apps.webhooks.models import Delivery
from tests.batches.making import batch_of, jobs_of
from tests.factories import AccountFactory, PlanFactory
from tests.factories_jobs import caller, submit_many, work_off
from tests.jobs.observing import together
from tests.speech.people import Person, person

PATH = "/v1/tts/batch/"
RESULT = "/v1/tts/batch/result/"
HELLO = {"text": "Hello there.", "model": "kokoro", "voice": "af_bella"}


def error_of(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["code"], error["param"]


def items_of(who: Person, answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    result = who.get(RESULT, batch_id=answer.json()["batch_id"])
    assert result.status_code == 200, result.content
    items: list[dict[str, Any]] = result.json()["items"]
    return items


def nothing_was_written() -> bool:
    return not any(model.objects.exists() for model in (Batch, BatchItem, Job, Part, IdempotencyRecord))


def test_items_whose_results_are_stored_already_end_with_the_request(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = (ResultOutput("audio", "cache/3f/audio.mp3", "mp3", bytes=5, sha256="a" * 64),)

    def plan_stored(by: Caller, text: dict[str, Any], **options: Any) -> PlannedItem:
        item = plan_item(by, text, **options)
        return replace(item, outcome=replace(item.outcome, parts=(), outputs=stored)) if isinstance(item.outcome, JobPlan) else item

    monkeypatch.setattr("apps.batches.services.accept.plan_item", plan_stored)
    items = items_of(owner, owner.post(PATH, {"texts": [HELLO, HELLO | {"voice": "nobody"}, HELLO]}))
    assert [(item["status"], item["credits"]) for item in items] == [("completed", 0.024), ("failed", 0), ("completed", 0.024)]
    batch = Batch.objects.get()
    assert (batch.ended_count, batch.failed_count, batch.is_over) == (3, 1, True)


@pytest.mark.parametrize("path", ["/v1/tts/batch/", "/v1/tts/batch", "/api/v1/tts/batch/", "/api/v1/tts/batch"])
def test_a_batch_is_queued_priced_and_answered_as_the_document_says(owner: Person, path: str) -> None:
    texts = [HELLO, HELLO | {"text": "Hello.", "format": "wav", "speed": 1.5}, HELLO | {"voice": "am_adam", "language": "en"}]
    answer = owner.post(path, {"texts": texts})
    assert answer.status_code == 200
    batch = Batch.objects.get()
    assert answer.json() == {"batch_id": batch.uuid.hex, "total": 3, "completed": 0, "failed": 0, "status": "processing"}
    jobs = jobs_of(batch)
    assert [(job.lane, job.output_format, job.units, job.reserved_millicredits) for job in jobs] == [
        ("bulk", "mp3", 12, 24),
        ("bulk", "wav", 6, 12),
        ("bulk", "mp3", 12, 24),
    ]
    assert [job.params["voice"] for job in jobs] == ["af_bella", "af_bella", "am_adam"]
    assert owner.millicredits == 1_000_000 - 60
    assert {job.request_id for job in jobs} == {answer.headers["X-Request-Id"]}
    assert (batch.account, batch.total, batch.ended_count, batch.public_base) == (owner.account, 3, 0, "http://testserver")


def test_the_result_lists_every_item_with_consistent_sums(owner: Person) -> None:
    answer = owner.post(PATH, {"texts": [HELLO, HELLO | {"voice": "nobody"}, HELLO | {"text": "Hello."}]})
    batch_id = answer.json()["batch_id"]
    assert (answer.json()["completed"], answer.json()["failed"]) == (0, 1)
    first, _, third = owner.get(RESULT, batch_id=batch_id).json()["items"]
    assert [(item["status"], item["url"], item["credits"]) for item in (first, third)] == [("queued", "", 0), ("queued", "", 0)]
    work_off()
    result = owner.get(RESULT, batch_id=str(UUID(batch_id)))
    assert result.headers["Cache-Control"] == "no-store"
    first_job, _, third_job = jobs_of(Batch.objects.get())
    body = result.json()
    assert body["items"] == [
        spoken(first_job, index=0, credits_=0.024),
        {
            "index": 1,
            "uuid": "",
            "status": "failed",
            "error": "Unknown voice 'nobody' of the model 'kokoro'. GET /v1/voices/?model=kokoro lists all, such as af_bella, am_adam, bf_emma.",
            "url": "",
            "credits": 0,
            "code": "unknown_voice",
        },
        spoken(third_job, index=2, credits_=0.012),
    ]
    assert {name: body[name] for name in ("batch_id", "total", "completed", "failed", "cancelled", "status", "credits_charged")} == {
        "batch_id": batch_id, "total": 3, "completed": 2, "failed": 1, "cancelled": 0, "status": "completed", "credits_charged": 0.036,
    }  # fmt: skip
    assert body["finished_at"] >= body["created_at"]
    assert owner.millicredits == 1_000_000 - 36


def spoken(job: Job, *, index: int, credits_: float) -> dict[str, Any]:
    """Completed item as its batch shows it."""
    url = f"http://testserver/static/downloads/{job.uuid.hex}/output.mp3"
    shape = {"index": index, "uuid": job.uuid.hex, "status": "completed", "error": "", "url": url}
    return shape | {"credits": credits_}


@pytest.mark.parametrize(
    ("item", "code", "part_of_the_error"),
    [
        ({"text": ""}, "missing_field", "may not be blank"),
        ({"model": "kokoro"}, "missing_field", "text"),
        ({"text": 7}, "invalid_request", "text"),
        ({"text": "Hello.", "model": "nope"}, "unknown_model", "unknown model"),
        ({"text": "Hello.", "voice": "nobody"}, "unknown_voice", "Unknown voice"),
        ({"text": "Hello.", "speed": 9}, "invalid_request", "speed"),
        ({"text": "Hello.", "format": "midi"}, "invalid_request", "format"),
        ({"text": "Hello.", "language": "xx"}, "unsupported_language", "does not speak"),
        ({"text": "<speak>Hello.</speek>"}, "invalid_markup", "line 1"),
        ({"text": "x" * 1001}, "text_too_long", "1001 characters"),
        ({"text": "Hello.", "pronunciations": {"": ""}}, "invalid_pronunciation", ""),
        ({"text": "Hello.", "stream": True}, "invalid_request", "cannot be streamed"),
        ({"text": "Hello.", "webhook_url": "https://example.com/hook"}, "invalid_request", "stands beside"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_item_of_a_batch_fails_alone_with_its_usual_error(item: dict[str, Any], code: str, part_of_the_error: str) -> None:
    owner = person(max_characters=1000)
    first, bad, last = items_of(owner, owner.post(PATH, {"texts": [HELLO, item, HELLO]}))
    assert (bad["status"], bad["code"], bad["uuid"], bad["url"], bad["credits"]) == ("failed", code, "", "", 0)
    assert part_of_the_error in bad["error"]
    assert (first["status"], last["status"], owner.millicredits) == ("queued", "queued", 1_000_000 - 48)
    assert sorted(Job.objects.values_list("state", "error_code")) == [("failed", code), ("queued", ""), ("queued", "")]
    if code != "invalid_request":
        alone = owner.post("/v1/tts/", item).json()["error"]
        assert (alone["code"], alone["message"]) == (bad["code"], bad["error"])


def test_items_are_reserved_while_credits_last_including_cheaper_later_ones() -> None:
    owner = person(credits=1)
    texts = [{"text": "x" * length} for length in (300, 300, 100)]
    first, second, third = items_of(owner, owner.post(PATH, {"texts": texts}))
    assert (first["status"], second["status"], third["status"]) == ("queued", "failed", "queued")
    assert (second["code"], second["error"]) == ("insufficient_credits", "This needs 0.6 credits and 0.4 are left.")
    assert owner.millicredits == 200
    work_off()
    assert (owner.millicredits, ledger_differences()) == (200, [])


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "texts"),
        ({"texts": None}, "texts"),
        ({"texts": []}, "texts"),
        ({"texts": "Hello."}, "texts"),
        ({"texts": {"0": HELLO}}, "texts"),
        ({"texts": [HELLO] * 51}, "texts"),
        ({"texts": [HELLO, "Hello."]}, "texts[1]"),
        ({"texts": [HELLO, HELLO, None]}, "texts[2]"),
        ({"texts": [[HELLO]]}, "texts[0]"),
        ({"texts": [HELLO], "webhook_url": "ftp://example.com"}, "webhook_url"),
        ({"texts": [HELLO], "webhook_url": "http://127.0.0.1/hook"}, "webhook_url"),
        ({"texts": [HELLO], "webhook_url": 7}, "webhook_url"),
        ([HELLO], None),
        ("Hello.", None),
    ],
    ids=str,
)
def test_a_request_that_is_no_batch_is_refused_as_a_whole(owner: Person, body: Any, param: str | None) -> None:
    status, _, named = error_of(owner.post(PATH, body))
    assert (status, named) == (400, param)
    assert nothing_was_written()


def test_fifty_texts_are_accepted_and_more_are_refused_with_their_number(owner: Person) -> None:
    assert owner.post(PATH, {"texts": [HELLO] * 50}).json()["total"] == 50
    assert Job.objects.count() == 50
    message = owner.post(PATH, {"texts": [HELLO] * 51}).json()["error"]["message"]
    assert message == "texts: A batch has at most 50 items; these are 51."


def test_the_texts_of_a_batch_are_limited_together(owner: Person, settings: Any) -> None:
    settings.TTSAI_BATCH_CHARACTERS = 20
    assert owner.post(PATH, {"texts": [{"text": "x" * 10}, {"input": "x" * 10}]}).status_code == 200
    answer = owner.post(PATH, {"texts": [{"text": "x" * 10}, {"input": "x" * 11}]})
    assert error_of(answer) == (400, "batch_too_long", "texts")
    assert "at most 20 characters together, markup included; these have 21" in answer.json()["error"]["message"]


def test_batch_result_is_shown_only_to_keys_of_its_account(owner: Person) -> None:
    batch_id = owner.post(PATH, {"texts": [HELLO]}).json()["batch_id"]
    assert owner.get(RESULT, batch_id=batch_id).json()["total"] == 1
    assert error_of(person().get(RESULT, batch_id=batch_id)) == (404, "not_found", "batch_id")
    assert error_of(owner.get(RESULT, batch_id="0" * 32)) == (404, "not_found", "batch_id")
    assert error_of(owner.get(RESULT, batch_id="nonsense")) == (400, "invalid_uuid", "batch_id")
    assert error_of(owner.get(RESULT)) == (400, "invalid_uuid", "batch_id")


def test_refused_items_count_as_failed_in_the_accounts_usage(owner: Person) -> None:
    texts = [HELLO | {"voice": "nobody"}, HELLO, HELLO | {"model": "nope"}, HELLO | {"model": "melotts", "format": "midi"}]
    owner.post(PATH, {"texts": texts})
    work_off()
    by_model = owner.get("/v1/usage/", group_by="model").json()
    assert (by_model["total"]["jobs"], by_model["total"]["completed"], by_model["total"]["failed"]) == (4, 1, 3)
    assert [(row["model"], row["completed"], row["failed"]) for row in by_model["usage"]] == [
        ("", 0, 1),
        ("kokoro", 1, 1),
        ("melotts", 0, 1),
    ]
    [by_key] = owner.get("/v1/usage/", group_by="key").json()["usage"]
    assert (by_key["failed"], by_key["credits"]) == (3, 0.024)


def test_an_item_names_the_stand_in_of_its_model(owner: Person) -> None:
    [item] = items_of(owner, owner.post(PATH, {"texts": [HELLO | {"model": "chatterbox"}]}))
    assert item["model_used"] == "kokoro"
    assert item["warnings"][0].startswith("model: chatterbox is not installed here; kokoro was used.")


def test_items_are_listed_as_jobs(owner: Person) -> None:
    items = items_of(owner, owner.post(PATH, {"texts": [HELLO, HELLO]}))
    listed = owner.get("/v1/jobs/").json()["jobs"]
    assert {job["uuid"] for job in listed} == {item["uuid"] for item in items}
    assert owner.result(items[0]["uuid"]).json()["status"] == "queued"


def test_a_batch_is_one_request_and_its_polls_are_none() -> None:
    owner = person(requests_per_minute=2)
    answer = owner.post(PATH, {"texts": [HELLO] * 5})
    items_of(owner, answer)
    assert answer.headers["X-RateLimit-Remaining"] == "1"
    assert owner.post(PATH, {"texts": [HELLO]}).status_code == 200
    assert owner.post(PATH, {"texts": [HELLO]}).status_code == 429


def test_a_batch_is_not_counted_among_the_jobs_at_once() -> None:
    by = caller(AccountFactory(plan=PlanFactory(concurrent_jobs=2), credits=100))
    submit_many(by, count=2)
    batch = batch_of(by, *[HELLO] * 10)
    assert len(jobs_of(batch)) == 10
    assert batch.ended_count == 0


def test_unsupported_hints_give_a_warning_in_the_item(owner: Person) -> None:
    texts = [HELLO | {"instructions": "like a pirate"}, HELLO]
    strange, plain = items_of(owner, owner.post(PATH, {"texts": texts}))
    assert [warning.partition(":")[0] for warning in strange["warnings"]] == ["instructions"]
    assert "warnings" not in plain


def test_a_long_item_is_cut_into_parts_and_joined(owner: Person) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 40
    owner.post(PATH, {"texts": [HELLO | {"text": text}, HELLO]})
    parts = Part.objects.filter(job=jobs_of(Batch.objects.get())[0])
    assert parts.count() > 3
    assert {part.lane for part in parts} == {"bulk"}
    work_off()
    work_off("codec")
    batch = Batch.objects.get()
    assert (batch.is_over, batch.ended_count) == (True, 2)


def test_a_batch_of_nothing_but_refusals_is_over_at_once(owner: Person) -> None:
    body = {"texts": [HELLO | {"voice": "nobody"}] * 2, "webhook_url": "https://example.com/hook"}
    answer = owner.post(PATH, body, Idempotency_Key="once")
    reported = {name: answer.json()[name] for name in ("total", "completed", "failed", "status")}
    assert reported == {"total": 2, "completed": 0, "failed": 2, "status": "completed"}
    assert [(delivery.event, delivery.url) for delivery in Delivery.objects.all()] == [("batch.completed", "https://example.com/hook")]
    assert (Part.objects.count(), IdempotencyRecord.objects.count()) == (0, 0), "it started no work, so a repeat is tried on its own"
    assert owner.post(PATH, body, Idempotency_Key="once").json()["batch_id"] != answer.json()["batch_id"]


class TestRepeats:
    """Repeated requests: one batch, one charge."""

    def test_the_same_key_and_body_are_the_same_batch(self, owner: Person) -> None:
        body = {"texts": [HELLO | {"voice": "nobody"}, HELLO, HELLO]}
        first = owner.post(PATH, body, Idempotency_Key="once").json()
        work_off()
        again = owner.post(PATH, body, Idempotency_Key="once").json()
        assert again == first | {"completed": 2, "status": "completed"}
        assert (Batch.objects.count(), Job.objects.count(), owner.millicredits) == (1, 3, 1_000_000 - 48)

    def test_the_same_key_with_another_body_is_a_conflict_also_across_endpoints(self, owner: Person) -> None:
        owner.post(PATH, {"texts": [HELLO]}, Idempotency_Key="once")
        owner.post("/v1/tts/", {"text": "Hello."}, Idempotency_Key="twice")
        assert error_of(owner.post(PATH, {"texts": [HELLO, HELLO]}, Idempotency_Key="once"))[:2] == (409, "idempotency_conflict")
        assert error_of(owner.post("/v1/tts/", {"text": "Hello."}, Idempotency_Key="once"))[:2] == (409, "idempotency_conflict")
        assert error_of(owner.post(PATH, {"texts": [HELLO]}, Idempotency_Key="twice"))[:2] == (409, "idempotency_conflict")
        assert (Batch.objects.count(), Job.objects.count()) == (1, 2)

    def test_an_identical_request_joins_the_batch_while_it_is_processed(self, owner: Person) -> None:
        body = {"texts": [HELLO, HELLO]}
        first, again = owner.post(PATH, body).json(), owner.post(PATH, body).json()
        assert (again, Job.objects.count(), owner.millicredits) == (first, 2, 1_000_000 - 48)
        assert owner.post(PATH, {"texts": [HELLO]}).json()["batch_id"] != first["batch_id"]
        assert person().post(PATH, body).json()["batch_id"] != first["batch_id"]
        work_off()
        assert owner.post(PATH, body).json()["batch_id"] != first["batch_id"]

    def test_request_with_an_idempotency_key_joins_no_other_request(self, owner: Person) -> None:
        body = {"texts": [HELLO]}
        batches = {owner.post(PATH, body, Idempotency_Key=key).json()["batch_id"] for key in ("a", "b")}
        assert len(batches | {owner.post(PATH, body).json()["batch_id"]}) == 3

    @pytest.mark.parametrize("key", ["", "once"])
    def test_concurrent_identical_requests_are_one_batch(self, key: str) -> None:
        by = caller()
        answers = together(lambda _: batch_of(by, HELLO, HELLO | {"text": "Hello."}, key=key), count=8)
        assert len({batch.uuid for batch in answers}) == 1
        assert (Batch.objects.count(), BatchItem.objects.count(), Job.objects.count()) == (1, 2, 2)
        assert LedgerEntry.objects.filter(kind="reservation").count() == 2
        assert available_millicredits(by.required_account.pk) == 1_000_000 - 36
