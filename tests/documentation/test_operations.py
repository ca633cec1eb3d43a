"""Every operation's example is valid, and is served by the real shell; statuses that it can have are in the schema."""

import json
from typing import Any

import httpx
import jsonschema
import pytest

from apps.documentation.reference.examples import written_operations
from apps.documentation.reference.operations import Operation, operations_by_id, read_schema
from apps.documentation.reference.samples import Sample
from tests.documentation.conftest import SOUND, Maker
from tests.routes.table import Owned, Row, all_rows
from tests.speech.people import Person, person
from tests.web.shell import RunningShell
from tests.working import working

OPERATIONS = list(operations_by_id().values())


def row_of(operation: Operation) -> Row | None:
    """The route walker's row of the operation."""
    written = operation.path.replace("{", "<").replace("}", ">")
    names = {f"{operation.method} {written}", f"{operation.method} {written.removeprefix('/v1/')}"}
    return next((row for row in all_rows() if str(row) in names), None)


def ask(operation: Operation, by: Person, url: str, owned: Owned, row: Row | None = None) -> httpx.Response:
    sample = Sample(operation)
    path, _, query = sample.path.partition("?")
    for name, value in owned.path.items():
        shown = next(one for one in operation.parameters if one.name == name)
        path = path.replace(str(shown.example), value)
    name, value = operation.key_header.replace("$TTSAI_KEY", by.key).split(": ", 1)
    body = sample.body
    arguments: dict[str, Any] = {}
    if body is not None and body.is_json:
        arguments["json"] = {**body.example, **owned.body}
    elif body is not None and body.is_form:
        arguments["files"] = {
            field: (one, SOUND) if sample.is_file(field) else (None, sample.plain(field)) for field, one in body.example.items()
        }
    elif body is not None:
        arguments["content"] = row.body if row is not None and isinstance(row.body, bytes) else SOUND
    params = {**dict(httpx.QueryParams(query)), **owned.query}
    return httpx.request(operation.method, f"{url}{path}", headers={name: value}, params=params, timeout=60, **arguments)


def test_poor(server, settings, monkeypatch) -> None:
    from concurrent.futures import ThreadPoolExecutor
    monkeypatch.setattr("apps.jobs.waiting.LEAST_WAIT_SECONDS", 0.3)
    settings.TTSAI_SPEECH_WAIT_SECONDS = settings.TTSAI_UPLOAD_WAIT_SECONDS = 0.3
    from apps.billing.models import ServicePrice
    ServicePrice.objects.update(millicredits=1000)
    def one(args):
        operation, by = args
        row = row_of(operation)
        import django.db
        owned = row.owns(by.account) if row and row.owns else Owned()
        django.db.connections.close_all()
        a = ask(operation, by, server.url, owned, row)
        return operation, by, a
    rich = [person(credits=1000, requests_per_minute=100_000, concurrent_jobs=1000) for _ in OPERATIONS]
    poor = [person(credits=0, requests_per_minute=100_000, concurrent_jobs=1000) for _ in OPERATIONS]
    work = [(o, b) for o, b in [*zip(OPERATIONS, rich), *zip(OPERATIONS, poor)] if o.method != "GET"]
    with ThreadPoolExecutor(8) as pool:
        for o, b, a in pool.map(one, work):
            statuses = {x.status for x in o.answers}
            s = str(a.status_code)
            if s in ("402", "504") or s not in statuses or ("quota" in a.text):
                print("RICH" if b in rich else "poor", o.method, o.path, s, "DOC" if s in statuses else "UNDOCUMENTED", "" if s in ("402","504") else a.text[:200])


def test_probe(server: RunningShell, owner: Person) -> None:
    with working(Maker().do):
        for operation in OPERATIONS:
            if operation.id in {"jobs_events"}:
                continue
            row = row_of(operation)
            owner = person(credits=1000, requests_per_minute=100_000, concurrent_jobs=1000)
            owned = row.owns(owner.account) if row and row.owns else Owned()
            answer = ask(operation, owner, server.url, owned, row)
            documented = str(answer.status_code) in {one.status for one in operation.answers}
            if answer.status_code >= 400 or not documented:
                print(operation.method, operation.path, answer.status_code, documented, answer.text[:300])
