"""Every operation of the schema has a valid example, which the real shell serves, and names every status that it can have."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpx
import jsonschema
import pytest
from django.db import connections

from apps.billing.models import Balance, ServicePrice, TierPrice
from apps.core.schema import UNEXPECTED
from apps.documentation.reference.examples import written_operations
from apps.documentation.reference.operations import Operation, operations_by_id, read_schema
from apps.documentation.reference.samples import Sample
from tests.documentation.conftest import SOUND, Maker
from tests.routes.table import Owned, Row, all_rows
from tests.speech.people import Person, person
from tests.web.shell import RunningShell
from tests.working import working

AT_ONCE: Final = 4
"""Requests that are sent at the same time."""
NEEDS_MORE: Final = {
    "deepgram_listen": 400,  # fetches the recording from an address that nobody serves
    "clonyvoice_generate_clone": 404,  # a voice of one's own
    "clonyvoice_voices_import": 400,  # an archive that an export made
    "clonyvoice_voices_import_preview": 400,
    "clonyvoice_cancel": 409,  # a generation that still runs
    "uploads_content": 413,  # as many bytes as were announced
    "uploads_resumable_append": 413,
}
"""Examples that need what no fresh installation has, with the status that says so."""
NAMED_OTHERWISE: Final = {"clonyvoice_merge_chunks", "clonyvoice_regenerate_chunk"}
"""Operations that name a chunk in one of two ways; the walker's row names it in the other."""


@cache
def all_operations() -> tuple[Operation, ...]:
    """Operations of the schema, which is read by the first test rather than by every process that imports this module."""
    return tuple(operations_by_id().values())


@dataclass(frozen=True)
class Asked:
    """An operation with the objects that its example names, and who asks."""

    operation: Operation
    by: Person
    owned: Owned

    def send(self, url: str) -> httpx.Response:
        """Send the example."""
        sample = Sample(self.operation)
        path, _, query = sample.path.partition("?")
        for name, value in self.owned.path.items():
            path = path.replace(next(str(one.example) for one in self.operation.parameters if one.name == name), value)
        name, value = self.operation.key_header.replace("$TTSAI_API_KEY", self.by.key).split(": ", 1)
        params = {**dict(httpx.QueryParams(query)), **self.owned.query}
        return httpx.request(self.operation.method, f"{url}{path}", headers={name: value}, params=params, timeout=60, **self._body(sample))

    def _body(self, sample: Sample) -> dict[str, Any]:
        body = sample.body
        if body is None:
            return {}
        if body.is_json:
            is_other = self.operation.id in NAMED_OTHERWISE and self.owned.body
            return {"json": self.owned.body if is_other else {**body.example, **self.owned.body}}
        if not body.is_form:
            return {"content": SOUND}
        return {
            "files": {
                field: (one, self.owned.body.get(field, SOUND)) if sample.is_file(field) else (None, sample.plain(field))
                for field, one in body.example.items()
            }
        }


def row_of(operation: Operation) -> Row | None:
    """The route walker's row of the operation, which makes objects of an account."""
    written = operation.path.replace("{", "<").replace("}", ">")
    return ROWS.get(f"{operation.method} {written}") or ROWS.get(f"{operation.method} {written.removeprefix('/v1/')}")


ROWS: Final = {str(row): row for row in all_rows()}


def asked_by(operations: Iterable[Operation], **plan: Any) -> list[Asked]:
    """Each operation with a person of its own."""
    found = []
    for operation in operations:
        by, row = person(requests_per_minute=100_000, concurrent_jobs=1000, **plan), row_of(operation)
        assert by.account is not None
        found.append(Asked(operation, by, row.owns(by.account) if row is not None and row.owns is not None else Owned()))
    return found


def answers_to(asked: list[Asked], url: str) -> list[tuple[Operation, httpx.Response]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(zip([one.operation for one in asked], pool.map(lambda one: one.send(url), asked), strict=True))


def faults_of(schema: dict[str, Any], value: Any) -> list[str]:
    """Messages of JSON Schema about a value."""
    validator = jsonschema.Draft202012Validator({**schema, "components": read_schema()["components"]})
    return [error.message for error in validator.iter_errors(value)]


def test_every_body_and_every_required_parameter_has_an_example_that_the_schema_accepts() -> None:
    missing, wrong, names = [], [], set()
    for path, methods in read_schema()["paths"].items():
        for method, written in methods.items():
            name = f"{method.upper()} {path}"
            names.add(name)
            for one in written.get("parameters", ()):
                if "example" in one:
                    wrong += [(name, one["name"], fault) for fault in faults_of(one["schema"], one["example"])]
                elif one.get("required"):
                    missing.append((name, one["name"]))
            for kind, media in written.get("requestBody", {}).get("content", {}).items():
                if "example" in media:
                    wrong += [(name, kind, fault) for fault in faults_of(media["schema"], media["example"])]
                else:
                    missing.append((name, kind))
    assert (missing, wrong) == ([], [])
    assert written_operations() - names == set(), "examples of operations that are gone"


def test_no_example_says_string() -> None:
    assert '"string"' not in "".join(body.example_json for operation in all_operations() for body in operation.bodies)


def names_error(operation: Operation, status: str) -> bool:
    """True if the operation says that it may answer this status itself."""
    return any(one.status == status and one.description != UNEXPECTED.get(status) for one in operation.answers)


def test_every_operation_lists_402_and_504_and_says_whether_it_answers_them() -> None:
    common = {"400", "401", "402", "403", "429", "503", "504"}
    assert [operation.id for operation in all_operations() if common - {one.status for one in operation.answers}] == []
    for status, place, name in (("402", "header", "Idempotency-Key"), ("504", "query", "async")):
        starts = [operation for operation in all_operations() if (place, name) in {(one.place, one.name) for one in operation.parameters}]
        assert len(starts) > 10
        assert [operation.id for operation in starts if not names_error(operation, status)] == []
    by_id = operations_by_id()
    assert not any(names_error(by_id[name], status) for name in ("account", "models_list") for status in ("402", "504"))


@pytest.mark.prove
def test_every_example_with_a_body_is_served(server: RunningShell) -> None:
    sent = [operation for operation in all_operations() if operation.bodies and Sample(operation).body is not None]
    asked = asked_by(sent, credits=1000)
    connections.close_all()
    with working(Maker().do):
        refused = {
            operation.id: (answer.status_code, answer.text[:300])
            for operation, answer in answers_to(asked, server.url)
            if answer.status_code >= 400 and answer.status_code != NEEDS_MORE.get(operation.id)
        }
    assert refused == {}


@pytest.mark.prove
def test_no_operation_answers_402_or_504_without_naming_it(server: RunningShell, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Operations without workers, so that everything that waits is late; and people without credits ask for everything."""
    monkeypatch.setattr("apps.jobs.waiting.LEAST_WAIT_SECONDS", 0.2)
    settings.TTSAI_SPEECH_WAIT_SECONDS = settings.TTSAI_UPLOAD_WAIT_SECONDS = 0.2
    ServicePrice.objects.update(millicredits=1000)
    TierPrice.objects.update(millicredits_per_1k_characters=1000)
    sent = [operation for operation in all_operations() if operation.method != "GET"]
    asked, poor = asked_by(sent, credits=1000), asked_by(sent, credits=1000)
    Balance.objects.filter(account__in=[one.by.account for one in poor]).update(available_millicredits=0)
    asked += poor
    connections.close_all()
    found = [(operation, str(answer.status_code)) for operation, answer in answers_to(asked, server.url)]
    unnamed = {f"{operation.method} {operation.path}: {status}" for operation, status in found if not names_error(operation, status)}
    assert unnamed == set()
    assert {"402", "504"} <= {status for _, status in found}
